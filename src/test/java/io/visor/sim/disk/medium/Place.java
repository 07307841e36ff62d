package io.visor.sim.disk.medium;

import org.jspecify.annotations.Nullable;

/// Where a path leads.
///
/// @param directory the directory that holds the last name
/// @param name the last name; `.`, `..`, or `/` for the root
/// @param node what has that name; null: nothing
public record Place(DirectoryNode directory, String name, @Nullable Node node) {

    /// What has that name.
    ///
    /// @throws ErrnoException if nothing has
    public Node present() throws ErrnoException {
        if (node == null) {
            throw new ErrnoException(Errno.ENOENT);
        }
        return node;
    }

    /// Whether the last name is none that can be given or taken.
    boolean isSpecial() {
        return name.equals(".") || name.equals("..") || name.equals("/");
    }

    /// The absolute path, without links and dots.
    public String path() {
        return isSpecial() && node instanceof DirectoryNode at ? at.path() : directory.pathOf(name);
    }
}
