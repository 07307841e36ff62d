package io.visor.api.upgrade;

import io.visor.api.ControlClient;
import io.visor.api.Listing;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Asks an instance about upgrades. The calling thread is blocked meanwhile.
public final class UpgradeClient {

    /// How many upgrades a page holds at most.
    public static final int MAX_SIZE = 30;

    private static final int SIZE = 10;

    private final ControlClient client;

    /// Makes a client.
    ///
    /// @param client reaches the instance
    public UpgradeClient(ControlClient client) {
        this.client = client;
    }

    /// Why a program is at the version that it is at, and what comes next.
    ///
    /// @throws io.visor.api.ControlException if visor does not say
    public Explanation explanation(String program) throws InterruptedException {
        return client.get(
                "/api/v1/programs/" + encoded(program) + "/explanation", Explanation::read);
    }

    /// The history, newest first.
    ///
    /// @param program of this program only; null: of all
    /// @param most how many are asked for at most
    /// @throws io.visor.api.ControlException if visor does not say
    public Listing<UpgradeEntry> history(@Nullable String program, int most)
            throws InterruptedException {
        List<UpgradeEntry> all = new ArrayList<>();
        int total = 0;
        for (int page = 1; all.size() < most; page++) {
            Listing<UpgradeEntry> listing = page(program, page, SIZE);
            all.addAll(listing.items());
            total = listing.total();
            if (listing.items().isEmpty() || page >= listing.pages()) {
                break;
            }
        }
        return new Listing<>(
                all.subList(0, Math.min(most, all.size())), total, 1, Math.max(1, most));
    }

    /// One page of the history, newest first.
    ///
    /// @param program of this program only; null: of all
    /// @param page from 1
    /// @param size at most [#MAX_SIZE]
    /// @throws io.visor.api.ControlException if visor does not say
    public Listing<UpgradeEntry> page(@Nullable String program, int page, int size)
            throws InterruptedException {
        return client.get(
                "/api/v1/upgrades?page="
                        + page
                        + "&size="
                        + size
                        + (program == null ? "" : "&program=" + encoded(program)),
                json -> Listing.read(json, UpgradeEntry::read));
    }

    /// One upgrade, with all that is kept of it.
    ///
    /// @throws io.visor.api.ControlException if visor does not say
    public UpgradeEntry upgrade(long id) throws InterruptedException {
        return client.get("/api/v1/upgrades/" + id, UpgradeEntry::read);
    }

    /// The copies of a program's data, newest first.
    ///
    /// @throws io.visor.api.ControlException if visor does not say
    public List<BackupEntry> backups(String program) throws InterruptedException {
        return client.get(
                        "/api/v1/programs/" + encoded(program) + "/backups",
                        json -> Listing.read(json, BackupEntry::read))
                .items();
    }

    /// Asks for something. What was asked for is durable when this returns.
    ///
    /// @param wait how long it may take; at most ten minutes
    /// @throws io.visor.api.ControlException if visor refuses
    public Ordered order(String program, Order order, Duration wait) throws InterruptedException {
        StringBuilder path =
                new StringBuilder("/api/v1/programs/")
                        .append(encoded(program))
                        .append('/')
                        .append(order.verb().word())
                        .append("?waitMs=")
                        .append(wait.toMillis());
        if (order.version() != null) {
            path.append("&version=").append(encoded(order.version()));
        }
        if (order.reason() != null) {
            path.append("&reason=").append(encoded(order.reason()));
        }
        if (order.force()) {
            path.append("&force=true");
        }
        if (order.restore()) {
            path.append("&restore=true");
        }
        return client.post(path.toString(), wait, Ordered::read);
    }

    /// RFC 3986, 2.1: what is not a letter, a digit or one of few others is written as `%` and two
    /// digits.
    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
