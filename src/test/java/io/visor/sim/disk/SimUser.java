package io.visor.sim.disk;

import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;

/// A user or group, of any name.
record SimUser(String name) implements GroupPrincipal {

    static final UserPrincipalLookupService LOOKUP =
            new UserPrincipalLookupService() {
                @Override
                public UserPrincipal lookupPrincipalByName(String name) {
                    return new SimUser(name);
                }

                @Override
                public GroupPrincipal lookupPrincipalByGroupName(String group) {
                    return new SimUser(group);
                }
            };

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String toString() {
        return name;
    }
}
