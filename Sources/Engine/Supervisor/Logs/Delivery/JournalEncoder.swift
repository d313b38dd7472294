internal import EngineModel
internal import Primitives

/// Messages for systemd-journald by its native protocol, with the fields that Docker's driver has.
struct JournalEncoder: Sendable {
    /// Fields that are the same in all messages, as they are sent.
    private let common: [UInt8]

    init(_ identity: LogIdentity) {
        let subject = identity.subject
        var fields = identity.attributes.extra(of: subject, key: Self.fieldName)
        fields["CONTAINER_ID"] = subject.shortID
        fields["CONTAINER_ID_FULL"] = subject.id
        fields["CONTAINER_NAME"] = subject.name
        fields["CONTAINER_TAG"] = identity.tag
        fields["IMAGE_NAME"] = subject.imageName
        fields["SYSLOG_IDENTIFIER"] = identity.tag
        var bytes: [UInt8] = []
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) where !name.isEmpty {
            Self.add(name, Array(value.utf8), to: &bytes)
        }
        common = bytes
    }

    func bytes(of message: LogMessage) -> [UInt8] {
        var bytes: [UInt8] = []
        Self.add("PRIORITY", Array("\(message.severity)".utf8), to: &bytes)
        Self.add("MESSAGE", message.bytes, to: &bytes)
        Self.add("SYSLOG_TIMESTAMP", Array(message.time.rfc3339.utf8), to: &bytes)
        if let part = message.part {
            if !part.isLast { Self.add("CONTAINER_PARTIAL_MESSAGE", Array("true".utf8), to: &bytes) }
            Self.add("CONTAINER_PARTIAL_ID", Array(part.id.utf8), to: &bytes)
            Self.add("CONTAINER_PARTIAL_ORDINAL", Array("\(part.ordinal)".utf8), to: &bytes)
            Self.add("CONTAINER_PARTIAL_LAST", Array("\(part.isLast)".utf8), to: &bytes)
        }
        return bytes + common
    }

    /// `NAME=VALUE`, or, for what has newlines, the length in front of the value.
    private static func add(_ name: String, _ value: [UInt8], to bytes: inout [UInt8]) {
        bytes += name.utf8
        if value.contains(0x0a) {
            bytes.append(0x0a)
            withUnsafeBytes(of: UInt64(value.count).littleEndian) { bytes += $0 }
        } else {
            bytes.append(UInt8(ascii: "="))
        }
        bytes += value
        bytes.append(0x0a)
    }

    /// Upper-case letters, digits and underscores, of which none comes first.
    private static func fieldName(_ name: String) -> String {
        var result = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "a"..."z": result += String(scalar).uppercased()
            case "A"..."Z", "0"..."9": result.unicodeScalars.append(scalar)
            default: if !result.isEmpty { result += "_" }
            }
        }
        return result
    }
}
