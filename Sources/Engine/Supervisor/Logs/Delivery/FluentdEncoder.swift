internal import EngineModel
internal import Primitives

/// Messages for Fluentd's protocol `forward` (version 1, mode Message): `[tag, time, record, option]` in MessagePack.
struct FluentdEncoder: Sendable {
    private let settings: FluentdSettings
    private let tag: String
    private let common: [String: String]

    init(_ settings: FluentdSettings, _ identity: LogIdentity) {
        self.settings = settings
        tag = identity.tag
        common = [
            "container_id": identity.subject.id, "container_name": "/" + identity.subject.name,
        ].merging(identity.attributes.extra(of: identity.subject)) { $1 }
    }

    func bytes(of message: LogMessage, token: UInt64) -> [UInt8] {
        var pack = MessagePack()
        pack.array(4)
        pack.text(tag)
        if settings.hasSubSecondPrecision { pack.eventTime(message.time) } else { pack.integer(message.time.seconds) }
        var texts = common
        if let part = message.part {
            texts["partial_message"] = "true"
            texts["partial_id"] = part.id
            texts["partial_ordinal"] = "\(part.ordinal)"
            texts["partial_last"] = "\(part.isLast)"
        }
        texts["source"] = message.source
        texts["log"] = nil
        pack.map(texts.count + 1)
        for (key, value) in texts.sorted(by: { $0.key < $1.key }) {
            pack.text(key)
            pack.text(value)
        }
        pack.text("log")
        pack.text(message.bytes)
        pack.map(settings.requestsAcknowledgement ? 1 : 0)
        if settings.requestsAcknowledgement {
            pack.text("chunk")
            pack.text(Self.chunk(token))
        }
        return pack.bytes
    }

    /// What the receiver is to send back: 16 bytes in base64.
    static func chunk(_ token: UInt64) -> String {
        withUnsafeBytes(of: (UInt64(0), token.bigEndian)) { Base64.encode($0) }
    }

    /// What it sends: `{"ack": CHUNK}`.
    static func acknowledgement(_ token: UInt64) -> [UInt8] {
        var pack = MessagePack()
        pack.map(1)
        pack.text("ack")
        pack.text(chunk(token))
        return pack.bytes
    }
}

/// Values in MessagePack, each in its shortest form.
struct MessagePack: Sendable {
    private(set) var bytes: [UInt8] = []

    mutating func array(_ count: Int) { head(count, short: 0x90, limit: 16, long: (nil, 0xdc, 0xdd)) }
    mutating func map(_ count: Int) { head(count, short: 0x80, limit: 16, long: (nil, 0xde, 0xdf)) }
    mutating func text(_ text: String) { self.text(Array(text.utf8)) }

    /// A string, whose bytes need not be UTF-8.
    mutating func text(_ text: [UInt8]) {
        head(text.count, short: 0xa0, limit: 32, long: (0xd9, 0xda, 0xdb))
        bytes += text
    }

    mutating func integer(_ value: Int64) {
        if (0..<128).contains(value) {
            bytes.append(UInt8(value))
        } else if let short = Int32(exactly: value) {
            bytes.append(0xd2)
            add(UInt32(bitPattern: short))
        } else {
            bytes.append(0xd3)
            add(UInt64(bitPattern: value))
        }
    }

    /// Fluentd's extension 0: seconds and nanoseconds.
    mutating func eventTime(_ time: Instant) {
        bytes += [0xd7, 0x00]
        add(UInt32(truncatingIfNeeded: time.seconds))
        add(UInt32(time.nanoseconds - time.seconds * 1_000_000_000))
    }

    private mutating func head(_ count: Int, short: UInt8, limit: Int, long: (UInt8?, UInt8, UInt8)) {
        if count < limit {
            bytes.append(short | UInt8(count))
        } else if count < 256, let code = long.0 {
            bytes += [code, UInt8(count)]
        } else if count < 65536 {
            bytes.append(long.1)
            add(UInt16(count))
        } else {
            bytes.append(long.2)
            add(UInt32(count))
        }
    }

    private mutating func add(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes += $0 }
    }
}
