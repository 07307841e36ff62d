package io.visor.upgrade.record;

import io.visor.store.Schema;
import java.util.List;

/// The tables of upgrades. Each row belongs to one instance of the home; times are milliseconds
/// since 1970.
public final class UpgradeSchema {

    private UpgradeSchema() {}

    public static final Schema SCHEMA =
            new Schema(
                    "upgrade",
                    List.of(
                            List.of(
                                    """
                                    CREATE TABLE program (
                                      instance TEXT NOT NULL,
                                      name TEXT NOT NULL,
                                      last_good TEXT,
                                      PRIMARY KEY (instance, name)) WITHOUT ROWID
                                    """,
                                    """
                                    CREATE TABLE upgrade (
                                      id INTEGER PRIMARY KEY AUTOINCREMENT,
                                      instance TEXT NOT NULL,
                                      program TEXT NOT NULL,
                                      from_version TEXT,
                                      to_version TEXT NOT NULL,
                                      urgency TEXT NOT NULL,
                                      attempt INTEGER NOT NULL,
                                      back TEXT,
                                      back_why TEXT,
                                      interruptions INTEGER NOT NULL DEFAULT 0,
                                      paused INTEGER NOT NULL DEFAULT 0,
                                      opened_at INTEGER NOT NULL,
                                      ended_at INTEGER,
                                      outcome TEXT)
                                    """,
                                    "CREATE INDEX upgrade_open ON upgrade (instance, program)"
                                            + " WHERE ended_at IS NULL",
                                    "CREATE INDEX upgrade_newest ON upgrade (instance, id)",
                                    """
                                    CREATE TABLE milestone (
                                      upgrade INTEGER NOT NULL
                                        REFERENCES upgrade (id) ON DELETE CASCADE,
                                      seq INTEGER NOT NULL,
                                      state TEXT NOT NULL,
                                      status TEXT NOT NULL,
                                      error TEXT,
                                      extra TEXT,
                                      times INTEGER NOT NULL DEFAULT 1,
                                      at INTEGER NOT NULL,
                                      PRIMARY KEY (upgrade, seq)) WITHOUT ROWID
                                    """,
                                    """
                                    CREATE TABLE hold (
                                      instance TEXT NOT NULL,
                                      program TEXT NOT NULL,
                                      version TEXT NOT NULL,
                                      placed_by TEXT NOT NULL,
                                      why TEXT NOT NULL,
                                      at INTEGER NOT NULL,
                                      PRIMARY KEY (instance, program, version, placed_by))
                                      WITHOUT ROWID
                                    """,
                                    """
                                    CREATE TABLE approval (
                                      instance TEXT NOT NULL,
                                      program TEXT NOT NULL,
                                      version TEXT NOT NULL,
                                      at INTEGER NOT NULL,
                                      PRIMARY KEY (instance, program, version)) WITHOUT ROWID
                                    """,
                                    """
                                    CREATE TABLE requirement (
                                      id INTEGER PRIMARY KEY AUTOINCREMENT,
                                      instance TEXT NOT NULL,
                                      program TEXT NOT NULL,
                                      min TEXT NOT NULL,
                                      target TEXT NOT NULL,
                                      chain TEXT NOT NULL,
                                      height INTEGER NOT NULL,
                                      block_time INTEGER NOT NULL,
                                      endpoint TEXT NOT NULL,
                                      proof TEXT NOT NULL,
                                      at INTEGER NOT NULL)
                                    """,
                                    "CREATE INDEX requirement_newest"
                                            + " ON requirement (instance, program, id)",
                                    """
                                    CREATE TABLE deployment (
                                      id INTEGER PRIMARY KEY AUTOINCREMENT,
                                      instance TEXT NOT NULL,
                                      program TEXT NOT NULL,
                                      version TEXT NOT NULL,
                                      since INTEGER NOT NULL)
                                    """,
                                    "CREATE INDEX deployment_newest"
                                            + " ON deployment (instance, program, id)")));
}
