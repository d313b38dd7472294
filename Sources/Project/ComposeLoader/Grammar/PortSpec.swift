/// The short form of a published port: `[[IP:]HOST[-END]:]CONTAINER[-END][/PROTOCOL]`.
struct PortSpec {
    struct Failure: Error {
        var message: String
    }

    struct Port {
        var target: UInt16
        /// Empty when the engine chooses.
        var published: String
    }

    var hostIP = ""
    var protocolName = "tcp"
    /// In the order of the target's text, as docker compose lists them.
    var ports: [Port] = []

    init(_ text: String) throws(Failure) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let host = parts.count > 1 ? parts[parts.count - 2] : ""
        hostIP = parts.count > 2 ? parts[..<(parts.count - 2)].joined(separator: ":") : ""
        try stripBrackets()
        let (container, name) = Self.splitProtocol(parts[parts.count - 1])
        protocolName = name.lowercased()
        if container.isEmpty { throw Failure(message: "\"\(text)\" names no container port") }
        let target = try Self.range(container, what: "container port")
        let published = host.isEmpty ? nil : try Self.range(host, what: "host port")
        if let published, published.count != target.count, target.count > 1 {
            throw Failure(message: "the ranges \(host) and \(container) are of different length")
        }
        guard ["tcp", "udp", "sctp"].contains(protocolName) else {
            throw Failure(message: "\"\(name)\" is not a protocol, use tcp, udp or sctp")
        }
        if target.lowerBound == 0 { throw Failure(message: "\"\(text)\" has no container port: 0 is none") }
        for (offset, port) in target.enumerated() {
            var text = ""
            if let published {
                text = String(Int(published.lowerBound) + offset)
                if target.count == 1, published.count > 1 { text += "-\(published.upperBound)" }
            }
            ports.append(Port(target: port, published: text))
        }
        if ports.count > 1 { ports.sort { "\($0.target)/" < "\($1.target)/" } }
    }

    private mutating func stripBrackets() throws(Failure) {
        guard !hostIP.isEmpty else { return }
        let bracketed = hostIP.hasPrefix("[")
        if bracketed {
            guard hostIP.hasSuffix("]") else { throw Failure(message: "\"\(hostIP)\" is no IP address") }
            hostIP = String(hostIP.dropFirst().dropLast())
        }
        guard IPAddress.isValid(hostIP) else { throw Failure(message: "\"\(hostIP)\" is no IP address") }
    }

    private static func splitProtocol(_ text: String) -> (port: String, protocolName: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 1, !parts[0].isEmpty else { return (String(parts[0]), "tcp") }
        let name = parts[1...].joined(separator: "/")
        return (String(parts[0]), name.isEmpty ? "tcp" : name)
    }

    static func range(_ text: String, what: String) throws(Failure) -> ClosedRange<UInt16> {
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = number(ends[0]), let last = ends.count == 1 ? first : number(ends[1]), first <= last else {
            throw Failure(message: "\"\(text)\" is not a \(what), use 80 or 8000-8010")
        }
        return first...last
    }

    private static func number(_ text: Substring) -> UInt16? {
        text.utf8.first == UInt8(ascii: "+") ? nil : UInt16(text)
    }
}

/// IP addresses as text.
enum IPAddress {
    static func isValid(_ text: String) -> Bool { isIPv4(text[...]) || isIPv6(text) }

    static func isIPv4(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                !part.isEmpty && part.count <= 3 && part.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
                    && UInt8(part) != nil && (part.count == 1 || part.first != "0")
            }
    }

    private static func isIPv6(_ text: String) -> Bool {
        guard text.utf8.contains(UInt8(ascii: ":")) else { return false }
        let address = text[...]
        var groups = 0
        let halves = address.components(separatedBy: "::")
        guard halves.count <= 2 else { return false }
        for (index, half) in halves.enumerated() where !half.isEmpty {
            let parts = half.split(separator: ":", omittingEmptySubsequences: false)
            for (position, part) in parts.enumerated() {
                if index == halves.count - 1, position == parts.count - 1, part.contains(".") {
                    guard isIPv4(part) else { return false }
                    groups += 2
                } else {
                    guard !part.isEmpty, part.count <= 4, part.allSatisfy(\.isHexDigit) else { return false }
                    groups += 1
                }
            }
        }
        return halves.count == 2 ? groups < 8 : groups == 8
    }
}

extension Substring {
    /// The parts between occurrences of `separator`.
    func components(separatedBy separator: String) -> [Substring] {
        var parts: [Substring] = []
        var start = startIndex
        var position = startIndex
        while position < endIndex {
            if self[position...].hasPrefix(separator) {
                parts.append(self[start..<position])
                position = index(position, offsetBy: separator.count)
                start = position
            } else {
                position = index(after: position)
            }
        }
        parts.append(self[start...])
        return parts
    }
}
