public import Primitives

/// The packet rules of one network as text for nft(8): one table, named by the network's id, so that removing it is
/// one command. Published ports are elements of its maps; renewing the rules leaves them as they are.
public struct NetworkRules: Sendable, Hashable {
    /// What is different in each family of addresses.
    public struct Family: Sendable, Hashable {
        /// CIDR.
        public var subnet: String
        /// How the outside is reached.
        public var mode: GatewayMode
        /// What outgoing packets get as their source; nil is the address of the interface they leave by.
        public var source: String?

        public init(subnet: String, mode: GatewayMode = .nat, source: String? = nil) {
            self.subnet = subnet
            self.mode = mode
            self.source = source
        }

        fileprivate var translates: Bool { mode == .nat || mode == .natUnprotected }
    }

    /// The network's id; its first 12 digits name the table.
    public var id: String
    /// The bridge interface's name.
    public var bridge: String
    /// nil without IPv4.
    public var ipv4: Family?
    /// nil without IPv6.
    public var ipv6: Family?
    /// No traffic to the outside.
    public var isInternal = false
    /// Outgoing packets get the host's address.
    public var masquerade = true
    /// Containers may talk to each other.
    public var interContainer = true

    public init(id: String, bridge: String) {
        self.id = id
        self.bridge = bridge
    }

    /// The nft table that holds the network's rules.
    public var table: String { "compose_\(id.prefix(12))" }

    /// Marks rules of this network in chains of others.
    public var comment: String { "compose \(id.prefix(12))" }

    /// Makes the table or renews its rules.
    public var setUp: String {
        let chains = [
            ("guard", "type filter hook prerouting priority -300", guardRules),
            ("arriving", "type nat hook prerouting priority -100", publishRules(local: false)),
            ("local", "type nat hook output priority -100", publishRules(local: true)),
            ("leaving", "type nat hook postrouting priority 100", sourceRules),
            ("passing", "type filter hook forward priority 0", forwardRules),
        ]
        var lines = ["add table inet \(table)"]
        lines += PortRule.maps.map { "add map inet \(table) \($0.name) { type \($0.type) ; }" }
        lines += OpenPort.sets.map { "add set inet \(table) \($0.name) { type \($0.type) ; }" }
        for (name, hook, rules) in chains {
            lines.append("add chain inet \(table) \(name) { \(hook) ; policy accept ; }")
            lines.append("flush chain inet \(table) \(name)")
            lines += rules.map { "add rule inet \(table) \(name) \($0)" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Removes the table. Adding it first makes this no error when it is gone.
    public var tearDown: String {
        "add table inet \(table)\ndelete table inet \(table)\n"
    }

    /// `route_localnet` on the bridge lets answers of containers reach 127.0.0.0/8; containers may not ask there.
    private var guardRules: [String] {
        ["iifname \"\(bridge)\" ip daddr 127.0.0.0/8 drop"]
    }

    /// Of IPv6, loopback and the link's own addresses stay with the listening socket: no packet can leave with them.
    private func publishRules(local: Bool) -> [String] {
        // Before routing nothing has checked yet that loopback addresses do not come from outside.
        (local ? [] : ["iifname != \"lo\" ip daddr 127.0.0.0/8 return"]) + [
            "fib daddr type local dnat ip to ip daddr . meta l4proto . th dport map @address_ports",
            "meta nfproto ipv4 fib daddr type local dnat ip to meta l4proto . th dport map @ports",
            "ip6 daddr { ::1, fe80::/10 } return",
            "fib daddr type local dnat ip6 to ip6 daddr . meta l4proto . th dport map @address_ports6",
            "meta nfproto ipv6 fib daddr type local dnat ip6 to meta l4proto . th dport map @ports6",
        ]
    }

    private var sourceRules: [String] {
        // A container that calls a published port of its own network must get its answer through the host. With
        // br_netfilter the packet never leaves the bridge, so interfaces say nothing here.
        var rules: [String] = []
        for (word, family) in families where family.translates {
            rules.append("\(word) saddr \(family.subnet) \(word) daddr \(family.subnet) ct status dnat masquerade")
        }
        rules.append("oifname \"\(bridge)\" ip saddr 127.0.0.0/8 masquerade")
        if !masquerade || isInternal { return rules }
        for (word, family) in families where family.translates {
            let multicast = word == "ip" ? "224.0.0.0/4" : "ff00::/8"
            let verdict = family.source.map { "snat \(word) to \($0)" } ?? "masquerade"
            rules.append(
                "oifname != \"\(bridge)\" \(word) saddr \(family.subnet) \(word) daddr != \(multicast) \(verdict)")
        }
        return rules
    }

    private var families: [(word: String, family: Family)] {
        (ipv4.map { [("ip", $0)] } ?? []) + (ipv6.map { [("ip6", $0)] } ?? [])
    }

    private var forwardRules: [String] {
        let inside = "iifname \"\(bridge)\" oifname \"\(bridge)\""
        if isInternal {
            return [
                "\(inside) \(interContainer ? "accept" : "drop")",
                "iifname \"\(bridge)\" drop",
                "oifname \"\(bridge)\" drop",
            ]
        }
        var rules = [
            "oifname \"\(bridge)\" ct state established,related accept",
            "oifname \"\(bridge)\" ct status dnat accept",
            "\(inside) \(interContainer ? "accept" : "drop")",
        ]
        for (word, family) in families where family.mode == .routed {
            rules.append(
                "oifname \"\(bridge)\" \(word) daddr . meta l4proto . th dport @\(OpenPort.set(word)) accept")
            // ICMP: errors are answers, but somebody may want to know whether it is there.
            rules.append("oifname \"\(bridge)\" meta l4proto \(word == "ip" ? 1 : 58) accept")
        }
        for (word, family) in families where family.mode == .natUnprotected {
            rules.append("oifname \"\(bridge)\" meta nfproto \(word == "ip" ? "ipv4" : "ipv6") accept")
        }
        // Neither other networks nor neighbours of the host reach what is not published.
        return rules + ["oifname \"\(bridge)\" drop"]
    }
}
