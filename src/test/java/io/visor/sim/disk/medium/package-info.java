/// What is on a simulated disk, and what a power cut leaves of it: the node tree as the kernel sees
/// it, the durable state below it, and the changes between the two.
///
/// # What survives
///
/// A process that is killed loses nothing: what it wrote is in the page cache. A power cut keeps
/// what was made durable, and of the rest what the seed says:
///
/// - **File data and length** since the last `fsync` of that file may be kept, dropped, or torn: a
///   prefix of the new bytes, or some pages of 4096 bytes and not others, with a length that is the
///   old one, the new one or one in between. What was never written reads as zeros.
/// - **Permissions, owner and times** of a file since the last `fsync` of that file (of a
///   directory: of that directory) may be kept or dropped, all together. `fdatasync` does not keep
///   them.
/// - **Names** (create, rename, unlink, symbolic and hard link) since the last `fsync` of their
///   directory may be kept or dropped. Of each directory a prefix of the changes survives; or, if
///   the seed says so, any of them, as long as those that concern the same name keep their order.
///   `fsync` of a file does not keep its name; `fsync` of a directory keeps its names, but neither
///   its own name above it nor the data of its files.
/// - **A rename is one change**, also over an existing name and between directories: after a power
///   cut a file has its old name or its new one, never both, never none. Making either directory
///   durable makes it durable. The removal of a directory does not survive without the changes that
///   emptied it.
/// - **A symbolic link** has its whole target from the beginning: it stands in the inode.
/// - **After an `fsync` that failed**, the pages that it should have written count as clean and do
///   not reach the disk, though they can still be read; a second `fsync` does not help.
///
/// # Where that comes from
///
/// - POSIX.1-2017, `fsync` and `rename`, and Linux's fsync(2): flushing a file does not flush the
///   entry in its directory.
/// - T. Pillai et al., *All File Systems Are Not Created Equal: On the Complexity of Crafting
///   Crash-Consistent Applications* (ALICE), OSDI 2014: applications break where they take for
///   granted that appends are atomic, that data reaches the disk before a later rename, or that
///   changes of directories keep their order. These are what is not kept here.
/// - Linux's xfstests (fstests) hold ext4, XFS, Btrfs and F2FS to the atomic rename between
///   directories: generic/321 (the new directory is flushed), generic/335 (the old one),
///   generic/510 (one parent, never two).
/// - A. Rebello et al., *Can Applications Recover from fsync Failures?*, USENIX ATC 2020, for the
///   failed `fsync`.
///
/// # Stricter than ext4
///
/// With its defaults (`data=ordered`, `auto_da_alloc`), ext4 has one journal for all: any `fsync`
/// that commits it keeps all earlier changes of all directories, permissions included; data of
/// newly allocated blocks is written before the change that refers to it; and a rename over an
/// existing file starts to write the new file's data. None of that is so here. Nor is anything
/// written by itself after a few seconds, except that the oldest name changes become durable where
/// very many of them wait ([Journal]), to bound the memory that a long simulation needs.
///
/// # Gentler than a disk
///
/// A page that was written several times since the last `fsync` survives as it was then or as it is
/// now, not as it was in between; what is durable does not rot; a page is torn only at the end of a
/// prefix.
@NullMarked
package io.visor.sim.disk.medium;

import org.jspecify.annotations.NullMarked;
