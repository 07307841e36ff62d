package io.visor.sim.disk;

import io.visor.sim.disk.medium.Metadata;
import java.io.IOException;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The attributes of what a path leads to.
final class SimAttributeView implements PosixFileAttributeView {

    private final SystemCalls calls;
    private final SimPath path;
    private final String name;
    private final boolean follow;

    /// Makes a view.
    ///
    /// @param name `basic`, `owner`, `posix` or `unix`
    SimAttributeView(SystemCalls calls, SimPath path, String name, boolean follow) {
        this.calls = calls;
        this.path = path;
        this.name = name;
        this.follow = follow;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public SimAttributes readAttributes() throws IOException {
        return calls.attributes(path, follow);
    }

    /// Reads attributes by name.
    ///
    /// @param names separated by commas; `*`: all of the view
    Map<String, Object> read(String names) throws IOException {
        List<String> wanted = names.equals("*") ? namesOfView() : List.of(names.split(","));
        for (String each : wanted) {
            if (!namesOfView().contains(each)) {
                throw new IllegalArgumentException("'" + each + "' not recognized");
            }
        }
        SimAttributes attributes = readAttributes();
        Map<String, Object> values = new LinkedHashMap<>();
        wanted.forEach(each -> values.put(each, attributes.value(each)));
        return values;
    }

    private List<String> namesOfView() {
        return switch (name) {
            case "basic" -> SimAttributes.BASIC;
            case "owner" -> List.of("owner");
            case "posix" -> SimAttributes.POSIX;
            default -> SimAttributes.UNIX;
        };
    }

    /// Sets an attribute by name.
    @SuppressWarnings("unchecked")
    void set(String attribute, Object value) throws IOException {
        switch (attribute) {
            case "permissions" -> setPermissions((Set<PosixFilePermission>) value);
            case "owner" -> setOwner((UserPrincipal) value);
            case "group" -> setGroup((GroupPrincipal) value);
            case "lastModifiedTime" -> setTimes((FileTime) value, null, null);
            case "lastAccessTime" -> setTimes(null, (FileTime) value, null);
            default ->
                    throw new UnsupportedOperationException(
                            "a simulated disk does not set " + name + ":" + attribute);
        }
    }

    private void change(UnaryOperator<Metadata> change) throws IOException {
        calls.change(path, follow, change);
    }

    @Override
    public void setPermissions(Set<PosixFilePermission> permissions) throws IOException {
        int bits = SimAttributes.bits(permissions);
        change(metadata -> metadata.withPermissions(bits));
    }

    @Override
    public UserPrincipal getOwner() throws IOException {
        return readAttributes().owner();
    }

    @Override
    public void setOwner(UserPrincipal owner) throws IOException {
        change(metadata -> metadata.withOwner(owner.getName()));
    }

    @Override
    public void setGroup(GroupPrincipal group) throws IOException {
        change(metadata -> metadata.withGroup(group.getName()));
    }

    @Override
    public void setTimes(
            @Nullable FileTime modified, @Nullable FileTime accessed, @Nullable FileTime created)
            throws IOException {
        if (modified != null || accessed != null) {
            change(metadata ->
                    metadata.withTimes(
                            or(accessed, metadata.accessed()), or(modified, metadata.modified())));
        }
    }

    private static Instant or(@Nullable FileTime time, Instant otherwise) {
        return time == null ? otherwise : time.toInstant();
    }
}
