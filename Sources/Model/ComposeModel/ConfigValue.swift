/// A value of a Compose file that has no type of its own: what stands below an `x-` key, options of a provider.
public enum ConfigValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// An integer above Int64.
    case unsigned(UInt64)
    case float(Double)
    case string(String)
    case list([ConfigValue])
    case mapping([String: ConfigValue])
}

/// The `x-…` attributes of an object, by their whole key.
public typealias Extensions = [String: ConfigValue]
