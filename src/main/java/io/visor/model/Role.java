package io.visor.model;

/// What a Lava process is to the network; it says which of the chain's two pairs of versions binds
/// it.
public enum Role {
    PROVIDER,
    CONSUMER,
    /// Both, or unknown: the stricter pair binds.
    BOTH;

    /// The role that a command line of `lavap` plays.
    public static Role ofCommand(Iterable<String> words) {
        for (String word : words) {
            if (word.equals("rpcprovider")) {
                return PROVIDER;
            }
            if (word.equals("rpcconsumer")) {
                return CONSUMER;
            }
        }
        return BOTH;
    }

    /// The role of something that plays both `this` and `other`.
    public Role and(Role other) {
        return this == other ? this : BOTH;
    }
}
