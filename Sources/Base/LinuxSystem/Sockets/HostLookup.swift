internal import Glibc
internal import Primitives

/// A host's name has no address (getaddrinfo(3)).
public struct LookupFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The name.
    public let host: String
    /// The resolver's words: `Name or service not known`.
    public let reason: String

    public var description: String { "lookup \(host): \(reason)" }
}

extension SocketAddress {
    /// The addresses of a host, the best first. `host` may be an address itself; empty is this host. Blocks for as long as
    /// the resolver does.
    public static func lookup(_ host: String, port: UInt16) throws(LookupFailure) -> [SocketAddress] {
        if let address = IPAddress(host.isEmpty ? "127.0.0.1" : host) { return [SocketAddress(address, port: port)] }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else { throw LookupFailure(host: host, reason: String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var next = list
        while let entry = next {
            var storage = sockaddr_storage()
            withUnsafeMutableBytes(of: &storage) {
                $0.copyMemory(
                    from: UnsafeRawBufferPointer(start: entry.pointee.ai_addr, count: Int(entry.pointee.ai_addrlen)))
            }
            if var address = SocketAddress(kernelForm: storage) {
                address.port = port
                found.append(address)
            }
            next = entry.pointee.ai_next
        }
        return found
    }
}
