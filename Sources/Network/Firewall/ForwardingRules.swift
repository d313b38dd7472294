/// What keeps a host from becoming a router for others: forwarding is switched on for all interfaces or none, so where
/// we did that, packets that neither come from nor go to a bridge of ours are dropped.
///
/// One table for the host, shared by all projects. Its set holds the bridges' names; IPv6 is not touched, as forwarding
/// is a matter of each interface there.
enum ForwardingRules {
    /// Not named like the networks' tables, which are known by their id.
    static let table = "forwarding_compose"

    /// Bridges of other programs that switch forwarding on themselves, or would have found it on and relied on it.
    private static let others = ["docker0", "br-*", "virbr*", "podman*", "cni*", "lxcbr*", "lxdbr*", "incusbr*"]

    /// On each rule, so that one which is missing is noticed. Another version's rules have another number.
    private static let mark = "guard 1"

    private static let rules: [String] = {
        let patterns = others.map { "\"\($0)\"" }
        let exceptions = patterns.flatMap { ["iifname \($0) accept", "oifname \($0) accept"] }
        // With br_netfilter what stays within a bridge, of whomever, passes here as well.
        let bridged = "meta iifkind \"bridge\" meta oifkind \"bridge\" accept"
        return exceptions + [bridged, "meta nfproto ipv4 iifname != @bridges oifname != @bridges drop"]
    }()

    /// Makes the table or renews it, with one more bridge.
    static func setUp(bridge: String) -> String {
        let lines =
            [
                "add table inet \(table)",
                "add set inet \(table) bridges { type ifname ; }",
                "add chain inet \(table) passing { type filter hook forward priority 0 ; policy accept ; }",
                "flush chain inet \(table) passing",
                "add element inet \(table) bridges { \"\(bridge)\" }",
            ] + rules.map { "add rule inet \(table) passing \($0) comment \"\(mark)\"" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Whether what ``query`` prints is what ``setUp(bridge:)`` makes: all of its rules, nothing between them, the bridge.
    static func isSetUp(_ listing: String, bridge: String) -> Bool {
        let lines = listing.split(separator: "\n").map { $0.drop { $0 == " " || $0 == "\t" } }
        guard let hook = lines.firstIndex(where: { $0.hasPrefix("type filter hook forward ") }),
            lines[hook].hasSuffix("policy accept;"), listing.contains("\"\(bridge)\"")
        else { return false }
        let present = lines[(hook + 1)...].prefix { $0 != "}" }
        return present.count == rules.count && present.allSatisfy { $0.hasSuffix("comment \"\(mark)\"") }
    }

    static func removal(of bridge: String) -> String { "delete element inet \(table) bridges { \"\(bridge)\" }\n" }

    /// Adding it first makes this no error when it is gone.
    static let tearDown = "add table inet \(table)\ndelete table inet \(table)\n"

    static let query = "list table inet \(table)\n"
}

extension Firewall {
    /// Packets from and to this bridge are forwarded, and no strangers'.
    ///
    /// - Parameter onlyIfMade: whoever finds forwarding on leaves the host as it is, but has to be let through where
    ///   somebody else of us switched it on.
    public func guardForwarding(for bridge: String, onlyIfMade: Bool) throws(FirewallError) {
        let present = try? run(ForwardingRules.query)
        if onlyIfMade && present == nil { return }
        if let present, ForwardingRules.isSetUp(present, bridge: bridge) { return }
        try run(ForwardingRules.setUp(bridge: bridge))
    }

    /// Forgets a bridge; what is gone is no error.
    public func unguardForwarding(for bridge: String) { _ = try? run(ForwardingRules.removal(of: bridge)) }

    /// Strangers' packets are no longer dropped.
    public func removeForwardingGuard() { _ = try? run(ForwardingRules.tearDown) }
}
