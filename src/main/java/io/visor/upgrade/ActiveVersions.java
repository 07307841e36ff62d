package io.visor.upgrade;

import io.visor.model.FileFailures;
import io.visor.model.ProgramName;
import io.visor.model.Version;
import io.visor.model.VisorException;
import io.visor.release.ActiveLink;
import io.visor.release.ReleaseException;
import io.visor.release.VersionStore;
import io.visor.service.ActiveBinaries;
import io.visor.store.DurableFiles;
import io.visor.store.LinkSwap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The active version of each program of an instance, and the links that name them.
public final class ActiveVersions implements ActiveBinaries {

    private final Path bin;
    private final Map<ProgramName, Entry> entries = new ConcurrentHashMap<>();

    private static final class Entry {
        private final VersionStore store;
        private final ActiveLink link;
        private volatile @Nullable Version active;
        private volatile @Nullable Prepared prepared;

        Entry(VersionStore store, ActiveLink link) {
            this.store = store;
            this.link = link;
        }
    }

    private record Prepared(Version version, LinkSwap swap) {}

    /// Knows no program yet.
    ///
    /// @param bin where the instance's links are
    public ActiveVersions(Path bin) {
        this.bin = bin;
    }

    /// Takes a program in, and reads which version is active.
    ///
    /// @param fallback the version that is active if the link names none
    /// @throws ReleaseException if the link cannot be read
    public void add(VersionStore store, ActiveLink link, Optional<Version> fallback) {
        Entry entry = new Entry(store, link);
        entry.active = link.active().or(() -> fallback).orElse(null);
        entries.put(store.program(), entry);
    }

    private Entry entry(ProgramName program) {
        Entry entry = entries.get(program);
        if (entry == null) {
            throw new IllegalArgumentException("no program " + program);
        }
        return entry;
    }

    /// The version whose binary services of a program are started with.
    public Optional<Version> active(ProgramName program) {
        return Optional.ofNullable(entry(program).active);
    }

    @Override
    public Path of(ProgramName program) {
        Entry entry = entry(program);
        Version active = entry.active;
        if (active == null) {
            throw new UpgradeException("no version of " + program + " is active yet");
        }
        return entry.store.verified(active);
    }

    @Override
    public Path linkDirectory() {
        return bin;
    }

    /// Makes a new link ready, and the one that leads back: when that is needed, the disk may be
    /// full. May take as long as the disk does.
    ///
    /// @param back the version that may have to come back; null if there is none
    /// @throws ReleaseException if the disk does not allow it
    void prepare(ProgramName program, Version version, @Nullable Version back) {
        Entry entry = entry(program);
        if (back != null && !back.equals(version)) {
            entry.link.makeSpare(back);
        }
        entry.prepared = new Prepared(version, entry.link.prepare(version));
    }

    /// Makes a version active: one rename if it was prepared, or can be the one that comes back;
    /// none if the link names it already, as it does where it was set together with the version's
    /// data.
    ///
    /// @throws ReleaseException if the disk does not allow it
    void activate(ProgramName program, Version version) {
        Entry entry = entry(program);
        Prepared prepared = entry.prepared;
        boolean isReady = prepared != null && prepared.version.equals(version);
        if (!isReady && entry.link.active().equals(Optional.of(version))) {
            entry.active = version;
            return;
        }
        LinkSwap swap = swap(entry, version);
        entry.prepared = null;
        try {
            swap.commit();
        } catch (IOException e) {
            throw new UpgradeException(FileFailures.why(entry.link.path(), e), e);
        }
        entry.active = version;
    }

    private static LinkSwap swap(Entry entry, Version version) {
        Prepared prepared = entry.prepared;
        if (prepared != null && prepared.version.equals(version)) {
            return prepared.swap;
        }
        // Nobody has looked at it lately, and a link must not lead to nothing.
        Path unused = entry.store.verified(version);
        return entry.link.spare(version).orElseGet(() -> entry.link.prepare(version));
    }

    /// Counts no version of a program as active; the link stays as it is.
    void deactivate(ProgramName program) {
        entry(program).active = null;
    }

    /// Has the link of a program name a version, durably, as it does already but where the version
    /// was active without a link; may take as long as the disk does.
    ///
    /// @throws VisorException if the disk does not allow it
    void settle(ProgramName program, Version version) {
        Entry entry = entry(program);
        if (entry.link.active().equals(Optional.of(version))) {
            sync();
        } else {
            // It goes through the name under which the prepared one stands.
            entry.prepared = null;
            entry.link.activate(version);
        }
    }

    /// Has the link name a version durably, as an upgrade that is over leaves it: nothing leads
    /// back any more. May take as long as the disk does.
    ///
    /// @throws VisorException if the disk does not allow it
    void conclude(ProgramName program, Version version) {
        settle(program, version);
        entry(program).link.dropSpare();
    }

    /// Flushes the link; may take as long as the disk does.
    ///
    /// @throws UpgradeException if the disk does not allow it
    void sync() {
        try {
            DurableFiles.syncDirectory(bin);
        } catch (IOException e) {
            throw new UpgradeException(FileFailures.why(bin, e), e);
        }
    }
}
