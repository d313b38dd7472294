extension PortMapping {
    /// Reads the short form, `[[IP:]HOST[-END]:]CONTAINER[-END][/PROTOCOL]`, by the rules of docker compose: ranges of
    /// the same length are published pairwise, and of a range before one container port any free one is taken.
    ///
    /// - Returns: a mapping for each container port, in docker compose's order (that of the ports' texts), and the
    ///   host's address as it is spelled, without brackets, for those who print it again; empty when none is given.
    public static func parse(
        _ text: String
    ) throws(GrammarError) -> (mappings: [PortMapping], hostAddressText: String) {
        let form = ShortForm(text)
        let (address, addressText) = try form.address()
        if form.container.isEmpty {
            throw GrammarError("names no container port", in: text, at: form.container.startIndex)
        }
        let containerPorts = try PortRange(form.container, what: "container port", of: text)
        let hostPorts = form.host.isEmpty ? nil : try PortRange(form.host, what: "host port", of: text)
        let isPairwise = hostPorts?.count == containerPorts.count
        if hostPorts != nil, !isPairwise, containerPorts.count > 1 {
            let reason = "has ranges of different length, \(form.host) and \(form.container)"
            throw GrammarError(reason, in: text, at: form.host.startIndex)
        }
        let transport = try TransportProtocol(form.transport, of: text)
        if containerPorts.first == 0 {
            throw GrammarError("has no container port: there is no port 0", in: text, at: form.container.startIndex)
        }
        var mappings = containerPorts.numbers.enumerated().map { offset, port in
            PortMapping(
                hostAddress: address,
                hostPorts: isPairwise ? hostPorts.map { PortRange($0.first + UInt16(offset)) } : hostPorts,
                containerPort: port, transport: transport)
        }
        if mappings.count > 1 { mappings.sort { "\($0.containerPort)/" < "\($1.containerPort)/" } }
        return (mappings, addressText)
    }

    /// Reads the long form: the values of a Compose file's `host_ip`, `published`, `target` and `protocol`. Empty texts
    /// are not set.
    public init(
        hostAddress: String?, published: String?, target: Int64, transport: String?
    ) throws(GrammarError) {
        var address: IPAddress?
        if let text = hostAddress, !text.isEmpty {
            address = IPAddress(text)
            if address == nil { throw GrammarError("is not an IP address", in: text) }
        }
        var range: PortRange?
        if let text = published, !text.isEmpty { range = try PortRange(text[...], what: "host port", of: text) }
        guard let port = UInt16(exactly: target), port > 0 else {
            throw GrammarError("is not a container port, it is a number from 1 to 65535", in: "\(target)")
        }
        let name = transport ?? ""
        self.init(
            hostAddress: address, hostPorts: range, containerPort: port,
            transport: try TransportProtocol(name[...], of: name))
    }

    /// The parts of the short form, as they stand in the text.
    private struct ShortForm {
        let text: String
        /// Everything before the last two colons.
        let hostAddress: Substring
        let host: Substring
        let container: Substring
        let transport: Substring

        init(_ text: String) {
            self.text = text
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            hostAddress = parts.count > 2 ? text[..<text.index(before: parts[parts.count - 2].startIndex)] : ""
            host = parts.count > 1 ? parts[parts.count - 2] : ""
            let last = parts[parts.count - 1]
            let slash = last.firstIndex(of: "/")
            container = last[..<(slash ?? last.endIndex)]
            transport = slash.map { last[last.index(after: $0)...] } ?? ""
        }

        func address() throws(GrammarError) -> (IPAddress?, String) {
            if hostAddress.isEmpty { return (nil, "") }
            var bare = hostAddress
            if bare.first == "[" {
                bare = bare.dropFirst()
                bare = bare.last == "]" ? bare.dropLast() : ""
            }
            guard let address = IPAddress(String(bare)) else {
                if bare.contains(":"), hostAddress.first != "[" {
                    throw GrammarError("has too many parts, use IP:HOST:CONTAINER", in: text, at: text.startIndex)
                }
                throw GrammarError(hostAddress, of: text, "is not an IP address", as: "a port")
            }
            return (address, String(bare))
        }
    }
}
