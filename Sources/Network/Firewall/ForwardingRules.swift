/// A family of addresses that is forwarded or not.
public enum ForwardingFamily: Sendable, Hashable {
    case ipv4, ipv6

    var table: String {
        switch self {
        case .ipv4: "forwarding_compose"
        case .ipv6: "forwarding6_compose"
        }
    }

    fileprivate var name: String {
        switch self {
        case .ipv4: "ipv4"
        case .ipv6: "ipv6"
        }
    }
}

/// What keeps a host from becoming a router for others: forwarding is switched on for all interfaces or none, so where
/// we did that, packets that neither come from nor go to a bridge of ours are dropped.
///
/// One table of each family for the host, shared by all projects. Its set holds the bridges' names. It is not named like
/// the networks' tables, which are known by their id.
enum ForwardingRules {
    /// Bridges of other programs that switch forwarding on themselves, or would have found it on and relied on it.
    private static let others = ["docker0", "br-*", "virbr*", "podman*", "cni*", "lxcbr*", "lxdbr*", "incusbr*"]

    /// On each rule, so that one which is missing is noticed. Another version's rules have another number.
    private static let mark = "guard 1"

    private static func rules(_ family: ForwardingFamily) -> [String] {
        let patterns = others.map { "\"\($0)\"" }
        let exceptions = patterns.flatMap { ["iifname \($0) accept", "oifname \($0) accept"] }
        // With br_netfilter what stays within a bridge, of whomever, passes here as well.
        let bridged = "meta iifkind \"bridge\" meta oifkind \"bridge\" accept"
        return exceptions + [bridged, "meta nfproto \(family.name) iifname != @bridges oifname != @bridges drop"]
    }

    /// Makes the table or renews it, with one more bridge.
    static func setUp(_ family: ForwardingFamily, bridge: String) -> String {
        let table = family.table
        let lines =
            [
                "add table inet \(table)",
                "add set inet \(table) bridges { type ifname ; }",
                "add chain inet \(table) passing { type filter hook forward priority 0 ; policy accept ; }",
                "flush chain inet \(table) passing",
                "add element inet \(table) bridges { \"\(bridge)\" }",
            ] + rules(family).map { "add rule inet \(table) passing \($0) comment \"\(mark)\"" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Whether what ``query(_:)`` prints is what ``setUp(_:bridge:)`` makes: all of its rules, nothing between them, the
    /// bridge.
    static func isSetUp(_ family: ForwardingFamily, _ listing: String, bridge: String) -> Bool {
        let lines = listing.split(separator: "\n").map { $0.drop { $0 == " " || $0 == "\t" } }
        guard let hook = lines.firstIndex(where: { $0.hasPrefix("type filter hook forward ") }),
            lines[hook].hasSuffix("policy accept;"), listing.contains("\"\(bridge)\"")
        else { return false }
        let present = lines[(hook + 1)...].prefix { $0 != "}" }
        return present.count == rules(family).count && present.allSatisfy { $0.hasSuffix("comment \"\(mark)\"") }
    }

    static func query(_ family: ForwardingFamily) -> String { "list table inet \(family.table)\n" }

    static func removal(_ family: ForwardingFamily, of bridge: String) -> String {
        "delete element inet \(family.table) bridges { \"\(bridge)\" }\n"
    }

    /// Adding it first makes this no error when it is gone.
    static func tearDown(_ family: ForwardingFamily) -> String {
        "add table inet \(family.table)\ndelete table inet \(family.table)\n"
    }
}

extension Firewall {
    /// Packets from and to this bridge are forwarded, and no strangers'.
    ///
    /// - Parameter onlyIfMade: whoever finds forwarding on leaves the host as it is, but has to be let through where
    ///   somebody else of us switched it on.
    public func guardForwarding(
        of family: ForwardingFamily, for bridge: String, onlyIfMade: Bool
    ) throws(FirewallError) {
        let present = try? run(ForwardingRules.query(family))
        if onlyIfMade && present == nil { return }
        if let present, ForwardingRules.isSetUp(family, present, bridge: bridge) { return }
        try run(ForwardingRules.setUp(family, bridge: bridge))
    }

    /// Forgets a bridge; what is gone is no error.
    public func unguardForwarding(of family: ForwardingFamily, for bridge: String) {
        _ = try? run(ForwardingRules.removal(family, of: bridge))
    }

    /// Strangers' packets are no longer dropped.
    public func removeForwardingGuard(of family: ForwardingFamily) { _ = try? run(ForwardingRules.tearDown(family)) }
}
