package io.visor.daemon.units;

import io.visor.config.SystemUsers;
import io.visor.model.CannotException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;
import java.util.Set;

/// What the user of a unit may do.
record UserAccess(String user) {

    /// Refuses a user that this machine does not know.
    void check() throws IOException {
        try {
            Path.of("/")
                    .getFileSystem()
                    .getUserPrincipalLookupService()
                    .lookupPrincipalByName(user);
        } catch (UserPrincipalNotFoundException e) {
            throw CannotException.untilChanged(
                    UnitNames.WHAT,
                    "there is no user \"" + user + "\" on this machine; name one with --run-as");
        }
    }

    /// Refuses a place that the user cannot get to. Whether it is in the group of a directory is
    /// not asked: a group that may pass is taken for one that it is in.
    void checkReach(Path place) throws IOException {
        if (new SystemUsers().user(user).filter(known -> known.uid() == 0).isPresent()) {
            return;
        }
        Optional<Path> closed = Optional.empty();
        for (Path at = place; at != null; at = at.getParent()) {
            if (Files.isDirectory(at) && !mayPass(at)) {
                closed = Optional.of(at);
            }
        }
        if (closed.isPresent()) {
            throw CannotException.untilChanged(
                    UnitNames.WHAT,
                    closed.get()
                            + " is closed to user "
                            + user
                            + ", as whom the service would run; name another home with --directory,"
                            + " or another user with --run-as");
        }
    }

    private boolean mayPass(Path directory) throws IOException {
        PosixFileAttributes attributes = Files.readAttributes(directory, PosixFileAttributes.class);
        Set<PosixFilePermission> permissions = attributes.permissions();
        return attributes.owner().getName().equals(user)
                ? permissions.contains(PosixFilePermission.OWNER_EXECUTE)
                : permissions.contains(PosixFilePermission.GROUP_EXECUTE)
                        || permissions.contains(PosixFilePermission.OTHERS_EXECUTE);
    }
}
