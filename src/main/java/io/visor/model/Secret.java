package io.visor.model;

/// Bytes that are shown nowhere: not in messages, logs or what a debugger prints of a record.
public final class Secret {

    private final byte[] bytes;

    /// Keeps a copy.
    public Secret(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    /// A copy of the bytes.
    public byte[] reveal() {
        return bytes.clone();
    }

    @Override
    public String toString() {
        return Secrets.MASK;
    }
}
