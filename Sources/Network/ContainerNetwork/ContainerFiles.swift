public import Primitives

/// Texts of the network files in `/etc` of a container.
public enum ContainerFiles {
    /// `/etc/resolv.conf`. `search` nil: the host's own search domains, from `hostText`.
    ///
    /// - Parameter options: Compose `dns_opt`.
    public static func resolvConf(search: [String], options: [String], hostText: String) -> String { "" }

    /// `/etc/resolv.conf` of a container with the host's network: the host's, with what the service says instead.
    public static func hostResolvConf(
        servers: [String], search: [String], options: [String], hostText: String
    ) -> String { hostText }

    /// `/etc/hosts`.
    ///
    /// - Parameters:
    ///   - addresses: the container's own, with the default route's first.
    ///   - extraHosts: `name=address` or `name:address`; `host-gateway` is an address too.
    ///   - gateway: what `host-gateway` means.
    /// - Throws: `.invalid` for an entry that is neither.
    public static func hosts(
        hostname: String, domainname: String?, addresses: [IPAddress], extraHosts: [String], gateway: IPAddress?
    ) throws(NetworkError) -> String { "" }

    public static func hostname(_ name: String) -> String { name + "\n" }
}
