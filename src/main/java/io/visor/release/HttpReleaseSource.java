package io.visor.release;

import io.visor.json.Json;
import io.visor.json.JsonException;
import io.visor.model.Assurance;
import io.visor.model.Platform;
import io.visor.model.ReleaseSpec;
import io.visor.model.Secrets;
import io.visor.model.Sha256;
import io.visor.model.Version;
import io.visor.net.Http;
import io.visor.net.NetException;
import io.visor.release.ReleaseException.Kind;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Releases behind HTTP: a GitHub repository's assets (docs.github.com, REST API, Releases), or
/// addresses made from a template.
public final class HttpReleaseSource implements ReleaseSource {

    private static final int MAX_CHECKSUMS_BYTES = 1 << 20;
    private static final int MAX_LIST_BYTES = 4 << 20;
    private static final Map<String, String> API_HEADERS =
            Map.of("Accept", "application/vnd.github+json", "X-GitHub-Api-Version", "2022-11-28");

    private final Http lists;
    private final Http downloads;
    private final ReleaseSpec.Source source;

    /// Makes a source.
    ///
    /// @param lists for what is short and must come soon; closed by its owner
    /// @param downloads for assets, which may take long; closed by its owner
    public HttpReleaseSource(Http lists, Http downloads, ReleaseSpec.Source source) {
        this.lists = lists;
        this.downloads = downloads;
        this.source = source;
    }

    @Override
    public Offer find(Version version, Platform platform) {
        String url = expand(assetUrl(), version, platform);
        String path = url.replaceAll("[?#].*", "");
        String asset = path.substring(path.lastIndexOf('/') + 1);
        String from = Secrets.shownAddress(url);
        String checksums = checksumsUrl();
        if (checksums == null) {
            return new Offer(version, asset, url, from, null, Assurance.L0);
        }
        String checksumsAt = expand(checksums, version, platform);
        try {
            Sha256 digest =
                    Checksums.find(
                            lists.get(address(checksumsAt), Map.of(), MAX_CHECKSUMS_BYTES),
                            asset,
                            Secrets.shownAddress(checksumsAt));
            return new Offer(version, asset, url, from, digest, Assurance.L1);
        } catch (NetException e) {
            throw failure(version, Secrets.shownAddress(checksumsAt), e);
        }
    }

    private String assetUrl() {
        return switch (source) {
            case ReleaseSpec.Github github -> downloads(github) + github.asset();
            case ReleaseSpec.UrlTemplate template -> template.url();
        };
    }

    private @Nullable String checksumsUrl() {
        return switch (source) {
            case ReleaseSpec.Github github -> downloads(github) + github.checksums();
            case ReleaseSpec.UrlTemplate template -> template.checksumUrl();
        };
    }

    private static String downloads(ReleaseSpec.Github github) {
        return github.url() + "/" + github.repository() + "/releases/download/v{version}/";
    }

    private static String expand(String template, Version version, Platform platform) {
        return template.replace("{version}", version.toString())
                .replace("{os}", platform.os())
                .replace("{arch}", platform.arch());
    }

    private static URI address(String url) {
        try {
            URI uri = URI.create(url);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (!web || uri.getHost() == null) {
                throw new IllegalArgumentException("no http:// or https:// address");
            }
            return uri;
        } catch (IllegalArgumentException e) {
            // The failure itself would show the whole address.
            throw new ReleaseException(
                    Kind.DOWNLOAD,
                    Secrets.shownAddress(url) + " is no http:// or https:// address");
        }
    }

    private static ReleaseException failure(Version version, String at, NetException e) {
        if (e.status() == 404 || e.status() == 410) {
            return new ReleaseException(
                    Kind.NOT_PUBLISHED, version + " is not published: nothing at " + at, e);
        }
        return new ReleaseException(Kind.DOWNLOAD, e.why(), e);
    }

    @Override
    public Body open(Offer offer) {
        try {
            return new HttpBody(downloads.open(address(offer.url()), Map.of()));
        } catch (NetException e) {
            throw failure(offer.version(), offer.from(), e);
        }
    }

    @Override
    public List<Version> published() {
        if (!(source instanceof ReleaseSpec.Github github)) {
            return List.of();
        }
        URI list =
                address(
                        github.apiUrl()
                                + "/repos/"
                                + github.repository()
                                + "/releases?per_page=50");
        List<Version> versions = new ArrayList<>();
        try {
            for (Json release : Json.parse(lists.get(list, API_HEADERS, MAX_LIST_BYTES)).items()) {
                if (!release.bool("draft")) {
                    Version.parse(release.string("tag_name")).ifPresent(versions::add);
                }
            }
        } catch (NetException | JsonException e) {
            throw new ReleaseException(Kind.DOWNLOAD, e.why(), e);
        }
        return versions;
    }

    private record HttpBody(Http.Download download) implements Body {

        @Override
        public OptionalLong length() {
            return download.length();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            try {
                return download.read(buffer, offset, length);
            } catch (NetException e) {
                throw new ReleaseException(Kind.DOWNLOAD, e.why(), e);
            }
        }

        @Override
        public void close() {
            download.close();
        }
    }
}
