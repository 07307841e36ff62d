package io.visor.model;

/// How well a release is proven, weakest first.
public enum Assurance {
    /// Nothing was compared.
    L0("unproven"),
    /// A checksum from the same origin as the asset: guards against a damaged download, not against
    /// the publisher.
    L1("checksum"),
    /// L1, the digest that the release host's API reports, and the digest pinned at first sight.
    L2("pinned"),
    /// A provenance attestation names repository, workflow and tag.
    L3("provenance"),
    /// A manifest signed by k of n keys of the operator's choice.
    L4("signed");

    private final String word;

    Assurance(String word) {
        this.word = word;
    }

    /// One word for people.
    public String word() {
        return word;
    }
}
