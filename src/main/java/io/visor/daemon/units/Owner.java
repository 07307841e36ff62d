package io.visor.daemon.units;

import io.visor.config.SystemUsers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.Optional;

/// To whom a file belongs.
record Owner(UserPrincipal user, GroupPrincipal group) {

    /// A user, with its first group.
    ///
    /// @throws IOException if there is no such user
    static Owner of(String name) throws IOException {
        UserPrincipalLookupService lookup =
                Path.of("/").getFileSystem().getUserPrincipalLookupService();
        UserPrincipal user = lookup.lookupPrincipalByName(name);
        Optional<SystemUsers.User> listed = new SystemUsers().user(name);
        GroupPrincipal group =
                listed.isPresent()
                        ? lookup.lookupPrincipalByGroupName(String.valueOf(listed.get().gid()))
                        : lookup.lookupPrincipalByGroupName(name);
        return new Owner(user, group);
    }

    /// Whoever has what is nearest to a path, on it or above.
    static Owner near(Path path) throws IOException {
        Path existing = path;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        PosixFileAttributes attributes = Files.readAttributes(existing, PosixFileAttributes.class);
        return new Owner(attributes.owner(), attributes.group());
    }

    /// Gives a file or a directory to it, if it is not its already.
    void take(Path file) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(
                        file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        PosixFileAttributes now = view.readAttributes();
        if (!now.owner().equals(user)) {
            view.setOwner(user);
        }
        if (!now.group().equals(group)) {
            view.setGroup(group);
        }
    }
}
