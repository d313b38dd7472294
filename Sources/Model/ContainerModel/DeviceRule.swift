public import Primitives

/// One rule for the device controller: `c 1:3 rwm`.
public struct DeviceRule: Codable, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of devices, as `devices.allow` spells them.
    public enum Kind: String, Codable, Sendable {
        case all = "a"
        case block = "b"
        case character = "c"
    }

    /// Which devices it is about.
    public var kind: Kind
    /// nil is any.
    public var major: UInt32?
    /// nil is any.
    public var minor: UInt32?
    /// Any of `r`, `w`, `m`.
    public var permissions: String

    public init(_ kind: Kind, _ major: UInt32?, _ minor: UInt32?, _ permissions: String) {
        self.kind = kind
        self.major = major
        self.minor = minor
        self.permissions = permissions
    }

    /// From a line such as `c 1:* rwm` (Compose `device_cgroup_rules`).
    public init(parsing line: String) throws(GrammarError) {
        let fields = line.split(separator: " ")
        guard fields.count == 3, let kind = Kind(rawValue: String(fields[0])), !fields[2].isEmpty,
            fields[2].utf8.count <= 3, fields[2].allSatisfy({ "rwm".contains($0) })
        else { throw Self.malformed(line) }
        let numbers = fields[1].split(separator: ":", omittingEmptySubsequences: false)
        guard numbers.count == 2 else { throw Self.malformed(line) }
        self.kind = kind
        permissions = String(fields[2])
        major = try Self.number(numbers[0], in: line)
        minor = try Self.number(numbers[1], in: line)
    }

    private static func number(_ text: Substring, in line: String) throws(GrammarError) -> UInt32? {
        if text == "*" { return nil }
        guard let number = UInt32(text) else { throw malformed(line) }
        return number
    }

    private static func malformed(_ line: String) -> GrammarError {
        GrammarError("has to be like \"c 1:3 rwm\": type, numbers, permissions", in: line)
    }

    public var description: String {
        let numbers = "\(major.map { String($0) } ?? "*"):\(minor.map { String($0) } ?? "*")"
        return "\(kind.rawValue) \(numbers) \(permissions)"
    }

    /// What every container may use: making any node; null, zero, full, tty, random, urandom, terminals, tun.
    public static let defaults: [DeviceRule] = [
        DeviceRule(.character, nil, nil, "m"), DeviceRule(.block, nil, nil, "m"),
        DeviceRule(.character, 1, 3, "rwm"), DeviceRule(.character, 1, 5, "rwm"),
        DeviceRule(.character, 1, 7, "rwm"), DeviceRule(.character, 1, 8, "rwm"),
        DeviceRule(.character, 1, 9, "rwm"), DeviceRule(.character, 5, 0, "rwm"),
        DeviceRule(.character, 5, 1, "rwm"), DeviceRule(.character, 5, 2, "rwm"),
        DeviceRule(.character, 136, nil, "rwm"), DeviceRule(.character, 10, 200, "rwm"),
    ]
}
