/// A kernel parameter of an interface that is not named yet: `net.ipv4.conf.IFNAME.log_martians=1`.
public struct InterfaceSysctl: Sendable, Hashable {
    /// The words between the dots; one of them is `IFNAME`.
    public let name: [String]
    /// What is written.
    public let value: String

    /// The option of an attachment that names some (`driver_opts`), by Docker's name.
    public static let option = "com.docker.network.endpoint.sysctls"

    /// `NAME=VALUE`, several with commas between them.
    public static func parse(_ text: String) throws(GrammarError) -> [InterfaceSysctl] {
        var result: [InterfaceSysctl] = []
        for part in text.split(separator: ",") {
            guard let parameter = InterfaceSysctl(part) else {
                throw GrammarError(
                    part, of: text, "is not a parameter of an interface, use net.ipv4.conf.IFNAME.NAME=VALUE",
                    as: "parameters")
            }
            result.append(parameter)
        }
        return result
    }

    private init?(_ text: Substring) {
        let ends = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2, !ends[1].isEmpty else { return nil }
        let words = ends[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        // They become parts of a path.
        let areNames = words.allSatisfy { word in
            !word.isEmpty
                && word.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                        true
                    default: false
                    }
                }
        }
        guard words.count >= 4, words[0] == "net", areNames, words.filter({ $0 == "IFNAME" }).count == 1 else {
            return nil
        }
        name = words
        value = String(ends[1])
    }

    /// Below `/proc/sys/net`, for the interface of this name.
    public func path(interface: String) -> String {
        name.dropFirst().map { $0 == "IFNAME" ? interface : $0 }.joined(separator: "/")
    }
}
