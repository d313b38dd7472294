public import Primitives

/// The packet rules of one network as text for nft(8): one table, named by the network's id, so that removing it is
/// one command. Published ports are elements of its maps; renewing the rules leaves them as they are.
public struct NetworkRules: Sendable, Hashable {
    /// The network's id; its first 12 digits name the table.
    public var id: String
    /// The bridge interface's name.
    public var bridge: String
    /// The network's IPv4 range.
    public var subnet: IPv4Subnet
    /// The network's IPv6 range; nil if it has none.
    public var subnet6: IPv6Subnet?
    /// No traffic to the outside.
    public var isInternal = false
    /// Outgoing packets get the host's address.
    public var masquerade = true
    /// Containers may talk to each other.
    public var interContainer = true

    public init(id: String, bridge: String, subnet: IPv4Subnet) {
        self.id = id
        self.bridge = bridge
        self.subnet = subnet
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
        var lines = [
            "add table inet \(table)",
            "add map inet \(table) ports { type inet_proto . inet_service : ipv4_addr . inet_service ; }",
            "add map inet \(table) address_ports"
                + " { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }",
        ]
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

    private func publishRules(local: Bool) -> [String] {
        // Before routing nothing has checked yet that loopback addresses do not come from outside.
        (local ? [] : ["iifname != \"lo\" ip daddr 127.0.0.0/8 return"]) + [
            "fib daddr type local dnat ip to ip daddr . meta l4proto . th dport map @address_ports",
            "meta nfproto ipv4 fib daddr type local dnat ip to meta l4proto . th dport map @ports",
        ]
    }

    private var sourceRules: [String] {
        // A container that calls a published port of its own network must get its answer through the host. With
        // br_netfilter the packet never leaves the bridge, so interfaces say nothing here.
        var rules = [
            "ip saddr \(subnet) ip daddr \(subnet) ct status dnat masquerade",
            "oifname \"\(bridge)\" ip saddr 127.0.0.0/8 masquerade",
        ]
        if masquerade, !isInternal {
            rules.append("oifname != \"\(bridge)\" ip saddr \(subnet) ip daddr != 224.0.0.0/4 masquerade")
            if let subnet6 {
                rules.append("oifname != \"\(bridge)\" ip6 saddr \(subnet6) ip6 daddr != ff00::/8 masquerade")
            }
        }
        return rules
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
        return [
            "oifname \"\(bridge)\" ct state established,related accept",
            "oifname \"\(bridge)\" ct status dnat accept",
            "\(inside) \(interContainer ? "accept" : "drop")",
            // Neither other networks nor neighbours of the host reach what is not published.
            "oifname \"\(bridge)\" drop",
        ]
    }
}

/// A published port as the kernel knows it: packets to the host's port go to the container's.
public struct PortRule: Sendable, Hashable {
    /// nil is every address of the host.
    public var hostAddress: IPv4Address?
    /// The port on the host.
    public var hostPort: UInt16
    /// Which port it is.
    public var transport: TransportProtocol
    /// The container's address on the network.
    public var containerAddress: IPv4Address
    /// The port in the container.
    public var containerPort: UInt16

    public init(
        hostAddress: IPv4Address?, hostPort: UInt16, transport: TransportProtocol, containerAddress: IPv4Address,
        containerPort: UInt16
    ) {
        self.hostAddress = hostAddress
        self.hostPort = hostPort
        self.transport = transport
        self.containerAddress = containerAddress
        self.containerPort = containerPort
    }

    private var map: String { hostAddress == nil ? "ports" : "address_ports" }
    private var key: String { (hostAddress.map { "\($0) . " } ?? "") + "\(transport) . \(hostPort)" }

    func addition(to table: String) -> String {
        "add element inet \(table) \(map) { \(key) : \(containerAddress) . \(containerPort) }\n"
    }

    func query(in table: String) -> String {
        "get element inet \(table) \(map) { \(key) }\n"
    }

    /// As nft prints it.
    var destination: String { " : \(containerAddress) . \(containerPort) " }

    func removal(from table: String) -> String {
        "delete element inet \(table) \(map) { \(key) }\n"
    }
}
