package io.visor.daemon.control;

import io.visor.api.ControlClient;
import io.visor.api.ControlClient.Action;
import io.visor.api.InstanceStatus;
import io.visor.api.Listing;
import io.visor.api.ServiceStatus;
import io.visor.chain.ChainEvent;
import io.visor.daemon.http.Access;
import io.visor.daemon.http.Answer;
import io.visor.daemon.http.Call;
import io.visor.daemon.http.ControlServer;
import io.visor.daemon.http.Route;
import io.visor.daemon.http.Routes;
import io.visor.model.FileFailures;
import io.visor.model.ServiceSpec;
import io.visor.release.ReleaseEvent;
import io.visor.service.ServiceNotice;
import io.visor.service.WantedServices;
import io.visor.time.Loop;
import io.visor.time.Scheduler;
import io.visor.time.Task;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The control channel of an instance: knows what there is to tell, and serves it on the instance's
/// socket. The methods `on` and [#open] are for the instance's loop.
public final class Control implements AutoCloseable {

    private static final int DEFAULT_SIZE = 100;
    private static final int MAX_SIZE = 200;
    private static final Duration LAST_CALLS = Duration.ofSeconds(1);

    /// A disk that was full has room again some time.
    private static final Duration AGAIN = Duration.ofSeconds(10);

    private final Path folder;
    private final Scheduler scheduler;
    private final Loop loop;
    private final Consumer<String> warnings;
    private final StatusBoard board;
    private final ServiceDesk desk;
    private final ExplanationDesk explanations;
    private final UpgradeDesk upgrades;
    private @Nullable Task task;
    private @Nullable ControlServer server;
    private @Nullable String hindrance;
    private boolean closed;

    /// Makes it; nobody is listened to yet.
    ///
    /// @param folder the instance's folder
    /// @param loop the instance's loop
    /// @param warnings told in words what hinders it
    public Control(
            Path folder,
            ControlledInstance instance,
            WantedServices wanted,
            Scheduler scheduler,
            Loop loop,
            Consumer<String> warnings) {
        this.folder = folder;
        this.scheduler = scheduler;
        this.loop = loop;
        this.warnings = warnings;
        this.board = new StatusBoard(instance, scheduler.clock());
        this.desk = new ServiceDesk(instance, board, wanted, loop);
        this.explanations = new ExplanationDesk(instance, board, scheduler, loop);
        this.upgrades = new UpgradeDesk(instance, loop);
    }

    public void on(ServiceSpec spec, ServiceNotice notice) {
        board.on(spec, notice);
        desk.on(spec);
    }

    /// May be called by any thread.
    public void on(ReleaseEvent event) {
        board.on(event);
    }

    public void on(ChainEvent event) {
        board.on(event);
    }

    /// Listens, if it does not yet. An instance that cannot be asked keeps its services all the
    /// same.
    public synchronized void open() {
        if (task == null && !closed) {
            task = scheduler.start("control", this::serve);
        }
    }

    private void serve() throws InterruptedException {
        ControlServer opened = bind();
        if (opened != null) {
            opened.run();
        }
    }

    private synchronized @Nullable ControlServer bind() {
        if (closed) {
            return null;
        }
        try {
            ServerSocketChannel listener = ControlSocket.bind(folder);
            server = new ControlServer(listener, routes(), loop, scheduler.clock(), warnings);
            return server;
        } catch (IOException e) {
            String why = FileFailures.why(folder, e);
            if (!why.equals(hindrance)) {
                hindrance = why;
                warnings.accept(
                        "cannot listen on "
                                + folder.resolve(ControlClient.SOCKET)
                                + ": "
                                + why
                                + "; visor status, service and upgrade do not reach this instance");
            }
            task = null;
            loop.schedule(AGAIN, this::open);
            return null;
        }
    }

    private Routes routes() {
        List<Route> all =
                new ArrayList<>(
                        List.of(
                                new Route("GET", "/api/v1/status", Access.READ, this::status),
                                new Route("GET", "/api/v1/services", Access.READ, this::list),
                                new Route(
                                        "GET",
                                        "/api/v1/services/{name}",
                                        Access.READ,
                                        this::service),
                                action(Action.START),
                                action(Action.STOP),
                                action(Action.RESTART)));
        all.addAll(explanations.routes());
        all.addAll(upgrades.routes());
        return new Routes(all);
    }

    private Route action(Action action) {
        return new Route(
                "POST",
                "/api/v1/services/{name}/" + action.word(),
                Access.CONTROL,
                call -> desk.act(call, action));
    }

    private void status(Call call) {
        InstanceStatus status = board.instanceStatus();
        call.answer(Answer.ok(status::json));
    }

    private void list(Call call) {
        int page = Query.of(call).number("page", 1, Integer.MAX_VALUE);
        int size = Query.of(call).number("size", DEFAULT_SIZE, MAX_SIZE);
        Listing<ServiceStatus> listing = Listing.of(board.services(), page, size);
        call.answer(Answer.ok(() -> listing.json(ServiceStatus::json)));
    }

    private void service(Call call) {
        desk.find(call)
                .ifPresent(view -> {
                    ServiceStatus status = board.service(view);
                    call.answer(Answer.ok(status::json));
                });
    }

    /// Hangs up, and takes the socket away. Not for the loop.
    @Override
    public void close() {
        Task running;
        synchronized (this) {
            closed = true;
            running = task;
            if (server == null) {
                return;
            }
            server.close();
        }
        try {
            if (running != null && !running.join(LAST_CALLS)) {
                warnings.accept("the control channel does not end");
            }
            ControlSocket.remove(folder);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            warnings.accept("the control socket stays behind: " + FileFailures.why(folder, e));
        }
    }
}
