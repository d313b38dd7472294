public import Primitives

/// What an image runs on, in the words of the OCI image specification.
public struct Platform: Codable, Sendable, Hashable, CustomStringConvertible {
    /// In Go's words: `amd64`, `arm64`; empty is unknown.
    public var architecture: String
    /// In Go's words: `linux`; empty is unknown.
    public var os: String
    /// Such as `v7` of `arm`; nil if the architecture has none, or it does not matter.
    public var variant: String?

    public init(architecture: String, os: String, variant: String? = nil) {
        self.architecture = architecture
        self.os = os
        self.variant = variant
    }

    /// `os/arch[/variant]`, or one of the two; the other is this machine's architecture, or `linux`. In any case of
    /// letters and with the kernel's names of architectures: `linux/x86_64` is `linux/amd64`.
    public init(parsing text: some StringProtocol) throws(GrammarError) {
        let parts = text.lowercased().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count), !parts.contains("") else {
            throw GrammarError("is not a platform: it is OS/ARCHITECTURE, such as linux/amd64", in: text)
        }
        self.init(architecture: Platform.host.architecture, os: "linux")
        if parts.count > 1 {
            os = parts[0]
            architecture = Self.architecture(parts[1])
            variant = parts.count > 2 ? parts[2] : nil
        } else if parts[0] == "linux" || parts[0] == "windows" {
            os = parts[0]
        } else {
            architecture = Self.architecture(parts[0])
        }
    }

    private static func architecture(_ text: String) -> String {
        switch text {
        case "x86_64", "x86-64": "amd64"
        case "aarch64": "arm64"
        default: text
        }
    }

    public var description: String { "\(os)/\(architecture)" + (variant.map { "/\($0)" } ?? "") }

    /// Of the machine this program was built for, in Go's words.
    public static var host: Platform {
        #if arch(x86_64)
            Platform(architecture: "amd64", os: "linux")
        #elseif arch(arm64)
            Platform(architecture: "arm64", os: "linux", variant: "v8")
        #else
            Platform(architecture: "unknown", os: "linux")
        #endif
    }

    /// Whether this machine runs such an image. An unknown platform is tried.
    public var runsHere: Bool {
        let architectureFits = architecture.isEmpty || architecture == Platform.host.architecture
        return (os.isEmpty || os == "linux") && architectureFits
    }

    /// Whether an image for this platform will do where `wanted` is asked for. A variant that one of the two does not
    /// say is not compared, and `v8` is the only one that arm64 has.
    public func fits(_ wanted: Platform) -> Bool {
        func named(_ platform: Platform) -> String? {
            platform.architecture == "arm64" && platform.variant == "v8" ? nil : platform.variant
        }
        let (own, other) = (named(self), named(wanted))
        return os == wanted.os && architecture == wanted.architecture && (own == nil || other == nil || own == other)
    }
}
