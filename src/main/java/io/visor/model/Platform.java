package io.visor.model;

import java.util.Locale;

/// An operating system and a processor, spelled as Go and most release assets spell them.
///
/// @param os `linux` or `darwin`
/// @param arch `amd64` or `arm64`; any other is passed on as the JDK names it
public record Platform(String os, String arch) {

    /// The platform of a JVM.
    ///
    /// @param osName the system property `os.name`
    /// @param osArch the system property `os.arch`
    public static Platform of(String osName, String osArch) {
        String os =
                osName.startsWith("Mac")
                        ? "darwin"
                        : osName.startsWith("Linux") ? "linux" : osName.toLowerCase(Locale.ROOT);
        String arch =
                switch (osArch) {
                    case "amd64", "x86_64" -> "amd64";
                    case "aarch64", "arm64" -> "arm64";
                    default -> osArch;
                };
        return new Platform(os, arch);
    }

    /// The platform that this JVM runs on.
    public static Platform current() {
        return of(System.getProperty("os.name", "Linux"), System.getProperty("os.arch", "amd64"));
    }

    @Override
    public String toString() {
        return os + "-" + arch;
    }
}
