/// A kernel parameter of a container's interface, as the option `com.docker.network.endpoint.sysctls` of an attachment to
/// a network names it.
public struct InterfaceParameter: Hashable, Sendable {
    /// The option's name.
    public static let option = "com.docker.network.endpoint.sysctls"
    private static let placeholder = "IFNAME"

    /// Below `/proc/sys/net`, with `IFNAME` where the interface's name belongs.
    private let path: String
    /// What is written there.
    public let value: String

    /// Where the parameter is found for an interface, below `/proc/sys/net`.
    public func path(of interface: String) -> String {
        path.split(separator: "/").map { $0 == Self.placeholder[...] ? interface : String($0) }.joined(separator: "/")
    }

    /// Reads `net.ipv4.conf.IFNAME.log_martians=1,net.ipv4.conf.IFNAME.forwarding=0`.
    public static func parse(_ text: String) throws(GrammarError) -> [InterfaceParameter] {
        try text.split(separator: ",").map { entry throws(GrammarError) in
            let pair = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let parts = pair[0].split(separator: ".", omittingEmptySubsequences: false)
            let isClean = parts.allSatisfy { part in
                !part.isEmpty && part.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "/") }
            }
            guard pair.count == 2, parts.count == 5, parts[0] == "net", parts[3] == placeholder[...], isClean else {
                throw GrammarError(
                    "must be of the form net.X.Y.IFNAME.Z=V, using 'IFNAME' to represent the interface name", in: entry)
            }
            return InterfaceParameter(path: parts.dropFirst().joined(separator: "/"), value: String(pair[1]))
        }
    }

    private init(path: String, value: String) {
        self.path = path
        self.value = value
    }
}
