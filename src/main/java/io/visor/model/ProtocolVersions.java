package io.visor.model;

import java.util.Optional;

/// The versions that a Lava chain asks for (x/protocol, `Params.version`).
///
/// @param providerMin below this the chain refuses a provider
/// @param providerTarget what a provider should run
/// @param consumerMin below this the chain refuses a consumer
/// @param consumerTarget what a consumer should run
public record ProtocolVersions(
        Version providerMin, Version providerTarget, Version consumerMin, Version consumerTarget) {

    /// Why these versions cannot be a chain's: each is `X.Y.Z` and no minimum is above its target
    /// (x/protocol, types/version.go, which the chain itself holds them to).
    ///
    /// @return nothing if they can be
    public Optional<String> problem() {
        for (Version version :
                new Version[] {providerMin, providerTarget, consumerMin, consumerTarget}) {
            if (!version.isThreeNumbers()) {
                return Optional.of("\"" + version + "\" is not of the form X.Y.Z");
            }
        }
        if (providerMin.isAbove(providerTarget)) {
            return Optional.of(
                    "provider_min " + providerMin + " is above provider_target " + providerTarget);
        }
        if (consumerMin.isAbove(consumerTarget)) {
            return Optional.of(
                    "consumer_min " + consumerMin + " is above consumer_target " + consumerTarget);
        }
        return Optional.empty();
    }

    /// The minimum that binds a role; for both roles the higher one.
    public Version min(Role role) {
        return switch (role) {
            case PROVIDER -> providerMin;
            case CONSUMER -> consumerMin;
            case BOTH -> providerMin.isAbove(consumerMin) ? providerMin : consumerMin;
        };
    }

    /// The target of a role; for both roles the higher one.
    public Version target(Role role) {
        return switch (role) {
            case PROVIDER -> providerTarget;
            case CONSUMER -> consumerTarget;
            case BOTH -> providerTarget.isAbove(consumerTarget) ? providerTarget : consumerTarget;
        };
    }
}
