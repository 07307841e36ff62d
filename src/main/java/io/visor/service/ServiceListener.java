package io.visor.service;

import io.visor.model.ServiceSpec;

/// Told what happens to services, on the supervisor's loop.
@FunctionalInterface
public interface ServiceListener {

    void on(ServiceSpec spec, ServiceNotice notice);
}
