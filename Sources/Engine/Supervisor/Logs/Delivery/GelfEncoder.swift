internal import Compression
internal import EngineModel
internal import Primitives

/// Messages in the Graylog Extended Log Format 1.1: JSON, by UDP compressed and in chunks, by TCP each with a NUL behind.
struct GelfEncoder: Sendable {
    /// Bytes of a datagram that is not cut.
    static let longestDatagram = 1420
    private static let chunk = longestDatagram - 12
    private static let mostChunks = 128

    private let settings: GelfSettings
    private let hostname: String
    /// Fields about the container, as they stand behind the message's own.
    private let common: [UInt8]

    init(_ settings: GelfSettings, _ identity: LogIdentity) {
        self.settings = settings
        hostname = identity.hostname
        let subject = identity.subject
        var fields = identity.attributes.extra(of: subject) { $0.hasPrefix("_") ? $0 : "_" + $0 }
        fields.merge(
            [
                "_container_id": subject.id, "_container_name": subject.name, "_image_id": subject.imageID,
                "_image_name": subject.imageName, "_command": subject.command, "_tag": identity.tag,
                "_created": subject.created.rfc3339,
            ]) { own, _ in own }
        var bytes: [UInt8] = []
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) { Self.add(name, value, to: &bytes) }
        common = bytes
    }

    /// None for a message without text, which the format does not allow, and for one that is too long for a datagram's
    /// chunks.
    func packets(of message: LogMessage, token: UInt64) -> [[UInt8]] {
        if message.bytes.isEmpty { return [] }
        let json = json(message)
        if settings.address.isStream { return [json + [0]] }
        let packed: [UInt8]?
        switch settings.compression {
        case .none: packed = json
        case .gzip: packed = try? Deflater.compress(json, .gzip, level: settings.level)
        case .zlib: packed = try? Deflater.compress(json, .zlib, level: settings.level)
        }
        return Self.chunks(packed ?? json, id: token)
    }

    private func json(_ message: LogMessage) -> [UInt8] {
        var bytes = Array("{\"version\":\"1.1\"".utf8)
        Self.add("host", hostname, to: &bytes)
        Self.add("short_message", String(decoding: message.bytes, as: UTF8.self), to: &bytes)
        // Seconds with milliseconds, as a number.
        let milliseconds = message.time.nanoseconds / 1_000_000
        var seconds = "\(milliseconds / 1000).\(String(milliseconds % 1000).leftPadded(to: 3))"
        while seconds.hasSuffix("0") { seconds.removeLast() }
        if seconds.hasSuffix(".") { seconds.removeLast() }
        bytes += ",\"timestamp\":\(seconds),\"level\":\(message.severity)".utf8
        return bytes + common + Array("}".utf8)
    }

    private static func add(_ name: String, _ value: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: ","))
        appendQuotedJSON(name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        appendQuotedJSON(value, to: &bytes)
    }

    private static func chunks(_ bytes: [UInt8], id: UInt64) -> [[UInt8]] {
        if bytes.count <= longestDatagram { return [bytes] }
        let count = (bytes.count + chunk - 1) / chunk
        guard count <= mostChunks else { return [] }
        return (0..<count).map { index in
            let head = [0x1e, 0x0f] + withUnsafeBytes(of: id.bigEndian) { Array($0) }
            return head + [UInt8(index), UInt8(count)] + bytes[(index * chunk)..<min(bytes.count, (index + 1) * chunk)]
        }
    }
}
