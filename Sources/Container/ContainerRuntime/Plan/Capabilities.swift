internal import ContainerModel

/// A set of capabilities (capabilities(7)), as the kernel's 64-bit mask.
public struct CapabilitySet: Sendable, Hashable, CustomStringConvertible {
    /// Bit n stands for capability n of `linux/capability.h`.
    public var mask: UInt64

    public init(mask: UInt64) {
        self.mask = mask
    }

    /// What Docker gives a container by default: 14 of them.
    public static let standard = CapabilitySet(mask: 0xa804_25fb)
    /// No capability at all.
    public static let none = CapabilitySet(mask: 0)

    /// All that a kernel whose newest capability is `last` knows.
    public static func all(last: Int) -> CapabilitySet {
        CapabilitySet(mask: last >= 63 ? .max : (1 << UInt64(last + 1)) - 1)
    }

    /// The capability called `name`, with or without `CAP_`, in upper or lower case; nil when nothing is called so.
    public static func named(_ name: String) -> CapabilitySet? {
        CapabilityName(name).map { CapabilitySet(mask: 1 << UInt64($0.number)) }
    }

    /// Whether all capabilities of the other set are in this one.
    public func contains(_ other: CapabilitySet) -> Bool { mask & other.mask == other.mask }

    /// Docker's algebra: `add ALL` is all available less the drops; else `drop ALL` is exactly the additions; else the
    /// standard set less the drops plus the additions. `available` is what this process itself may give.
    public static func combining(
        added: [String], dropped: [String], privileged: Bool, available: CapabilitySet
    ) throws(RuntimeError) -> CapabilitySet {
        if privileged { return available }
        let (addsAll, additions) = try union(added, of: "cap_add", available: available)
        let (dropsAll, drops) = try union(dropped, of: "cap_drop", available: nil)
        if addsAll { return CapabilitySet(mask: available.mask & ~drops.mask) }
        if dropsAll { return additions }
        return CapabilitySet(mask: CapabilitySet.standard.mask & available.mask & ~drops.mask | additions.mask)
    }

    private static func union(
        _ names: [String], of key: String, available: CapabilitySet?
    ) throws(RuntimeError) -> (all: Bool, set: CapabilitySet) {
        var set = CapabilitySet.none
        var all = false
        for name in names {
            if CapabilityName.meansAll(name) {
                all = true
                continue
            }
            guard let one = named(name) else {
                throw RuntimeError(.invalid, step: "apply \(key)", reason: "there is no capability \"\(name)\"")
            }
            if let available, !available.contains(one) {
                throw RuntimeError(
                    .unsupported, step: "apply \(key)", reason: "compose itself does not have capability \(name)")
            }
            set.mask |= one.mask
        }
        return (all, set)
    }

    /// Names, or `standard` and `none`.
    public var description: String {
        if self == .standard { return "standard" }
        if mask == 0 { return "none" }
        let names = CapabilityName.all
        let known = names.indices.filter { mask >> UInt64($0) & 1 == 1 }.map { names[$0] }
        return known.joined(separator: ",")
    }
}
