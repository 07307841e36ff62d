package io.visor.service;

import io.visor.model.ServiceName;
import io.visor.service.Service.Wanted;
import io.visor.store.Change;
import io.visor.store.Schema;
import io.visor.store.Session;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The table of what the operator wants of services. A service that is not in it is wanted up.
public final class ServiceTable {

    public static final Schema SCHEMA =
            new Schema(
                    "service",
                    List.of(
                            List.of(
                                    """
                                    CREATE TABLE service (
                                      instance TEXT NOT NULL,
                                      name TEXT NOT NULL,
                                      wanted TEXT NOT NULL,
                                      at INTEGER NOT NULL,
                                      PRIMARY KEY (instance, name)) WITHOUT ROWID
                                    """)));

    private static final String UP = "up";
    private static final String DOWN = "down";

    private final String instance;

    /// The rows of one instance.
    public ServiceTable(String instance) {
        this.instance = instance;
    }

    /// The services that are wanted down.
    public Set<ServiceName> down(Session session) {
        return new HashSet<>(
                session.all(
                        "SELECT name FROM service WHERE instance = ? AND wanted = ?",
                        row -> new ServiceName(row.text(1)),
                        instance,
                        DOWN));
    }

    /// The operator wants something of a service.
    Change want(ServiceName service, Wanted wanted, Instant at) {
        return session ->
                session.update(
                        "INSERT INTO service (instance, name, wanted, at) VALUES (?, ?, ?, ?) ON"
                                + " CONFLICT (instance, name) DO UPDATE SET wanted ="
                                + " excluded.wanted, at = excluded.at",
                        instance,
                        service.text(),
                        wanted == Wanted.UP ? UP : DOWN,
                        at.toEpochMilli());
    }
}
