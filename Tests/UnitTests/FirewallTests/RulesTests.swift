import Primitives
import Testing

@testable import Firewall

struct RulesTests {
    private var rules: NetworkRules {
        var rules = NetworkRules(id: "0123456789abcdef", bridge: "cb-0123456789ab")
        rules.ipv4 = NetworkRules.Family(subnet: "172.18.0.0/16")
        return rules
    }

    /// The rules of a chain, without the words before them.
    private func chain(_ name: String, of rules: NetworkRules) -> [String] {
        let start = "add rule inet compose_0123456789ab \(name) "
        return rules.setUp.split(separator: "\n").filter { $0.hasPrefix(start) }.map {
            String($0.dropFirst(start.count)).replacing("\"cb-0123456789ab\"", with: "BRIDGE")
        }
    }

    @Test func ordinaryNetwork() {
        let expected = """
            add table inet compose_0123456789ab
            add map inet compose_0123456789ab ports { type inet_proto . inet_service : ipv4_addr . inet_service ; }
            add map inet compose_0123456789ab address_ports { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
            add map inet compose_0123456789ab ports6 { type inet_proto . inet_service : ipv6_addr . inet_service ; }
            add map inet compose_0123456789ab address_ports6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
            add set inet compose_0123456789ab open { type ipv4_addr . inet_proto . inet_service ; }
            add set inet compose_0123456789ab open6 { type ipv6_addr . inet_proto . inet_service ; }
            add chain inet compose_0123456789ab guard { type filter hook prerouting priority -300 ; policy accept ; }
            flush chain inet compose_0123456789ab guard
            add rule inet compose_0123456789ab guard iifname "cb-0123456789ab" ip daddr 127.0.0.0/8 drop
            add chain inet compose_0123456789ab arriving { type nat hook prerouting priority -100 ; policy accept ; }
            flush chain inet compose_0123456789ab arriving
            add rule inet compose_0123456789ab arriving iifname != "lo" ip daddr 127.0.0.0/8 return
            add rule inet compose_0123456789ab arriving fib daddr type local dnat ip to ip daddr . meta l4proto . th dport map @address_ports
            add rule inet compose_0123456789ab arriving meta nfproto ipv4 fib daddr type local dnat ip to meta l4proto . th dport map @ports
            add rule inet compose_0123456789ab arriving ip6 daddr { ::1, fe80::/10 } return
            add rule inet compose_0123456789ab arriving fib daddr type local dnat ip6 to ip6 daddr . meta l4proto . th dport map @address_ports6
            add rule inet compose_0123456789ab arriving meta nfproto ipv6 fib daddr type local dnat ip6 to meta l4proto . th dport map @ports6
            add chain inet compose_0123456789ab local { type nat hook output priority -100 ; policy accept ; }
            flush chain inet compose_0123456789ab local
            add rule inet compose_0123456789ab local fib daddr type local dnat ip to ip daddr . meta l4proto . th dport map @address_ports
            add rule inet compose_0123456789ab local meta nfproto ipv4 fib daddr type local dnat ip to meta l4proto . th dport map @ports
            add rule inet compose_0123456789ab local ip6 daddr { ::1, fe80::/10 } return
            add rule inet compose_0123456789ab local fib daddr type local dnat ip6 to ip6 daddr . meta l4proto . th dport map @address_ports6
            add rule inet compose_0123456789ab local meta nfproto ipv6 fib daddr type local dnat ip6 to meta l4proto . th dport map @ports6
            add chain inet compose_0123456789ab leaving { type nat hook postrouting priority 100 ; policy accept ; }
            flush chain inet compose_0123456789ab leaving
            add rule inet compose_0123456789ab leaving ip saddr 172.18.0.0/16 ip daddr 172.18.0.0/16 ct status dnat masquerade
            add rule inet compose_0123456789ab leaving oifname "cb-0123456789ab" ip saddr 127.0.0.0/8 masquerade
            add rule inet compose_0123456789ab leaving oifname != "cb-0123456789ab" ip saddr 172.18.0.0/16 ip daddr != 224.0.0.0/4 masquerade
            add chain inet compose_0123456789ab passing { type filter hook forward priority 0 ; policy accept ; }
            flush chain inet compose_0123456789ab passing
            add rule inet compose_0123456789ab passing oifname "cb-0123456789ab" ct state established,related accept
            add rule inet compose_0123456789ab passing oifname "cb-0123456789ab" ct status dnat accept
            add rule inet compose_0123456789ab passing iifname "cb-0123456789ab" oifname "cb-0123456789ab" accept
            add rule inet compose_0123456789ab passing oifname "cb-0123456789ab" drop

            """
        #expect(rules.setUp == expected)
        #expect(rules.tearDown == "add table inet compose_0123456789ab\ndelete table inet compose_0123456789ab\n")
    }

    @Test func internalNetworkForwardsNothing() {
        var rules = rules
        rules.isInternal = true
        let forward = rules.setUp.split(separator: "\n").filter { $0.contains(" passing ") && $0.hasPrefix("add rule") }
        #expect(
            forward == [
                "add rule inet compose_0123456789ab passing iifname \"cb-0123456789ab\" oifname \"cb-0123456789ab\" accept",
                "add rule inet compose_0123456789ab passing iifname \"cb-0123456789ab\" drop",
                "add rule inet compose_0123456789ab passing oifname \"cb-0123456789ab\" drop",
            ])
        #expect(!rules.setUp.contains("224.0.0.0/4"))
    }

    @Test func theForwardingGuardIsKnownByItsRulesAndTheBridge() {
        let rules = ForwardingRules.setUp(.ipv4, bridge: "cb-1").split(separator: "\n").compactMap { line in
            line.split(separator: " passing ").count == 2 && line.hasPrefix("add rule")
                ? "\t\t\(line.split(separator: " passing ")[1])\n" : nil
        }
        // As nft prints it.
        func listing(_ rules: [String]) -> String {
            """
            table inet forwarding_compose {
            \tset bridges {
            \t\ttype ifname
            \t\telements = { "cb-1", "cb-2" }
            \t}

            \tchain passing {
            \t\ttype filter hook forward priority filter; policy accept;
            \(rules.joined())\t}
            }

            """
        }
        #expect(rules.count == 18)
        #expect(ForwardingRules.isSetUp(.ipv4, listing(rules), bridge: "cb-1"))
        #expect(!ForwardingRules.isSetUp(.ipv4, listing(rules), bridge: "cb-3"))
        #expect(!ForwardingRules.isSetUp(.ipv4, listing(Array(rules.dropFirst())), bridge: "cb-1"))
        #expect(!ForwardingRules.isSetUp(.ipv4, listing(rules.dropLast() + ["\t\taccept\n"]), bridge: "cb-1"))
        #expect(!ForwardingRules.isSetUp(.ipv4, "", bridge: "cb-1"))
    }

    @Test func publishedPorts() {
        var port = PortRule(
            hostAddress: nil, hostPort: 8080, transport: .tcp, containerAddress: IPAddress("172.18.0.2")!,
            containerPort: 80)
        #expect(port.addition(to: "t") == "add element inet t ports { tcp . 8080 : 172.18.0.2 . 80 }\n")
        #expect(port.removal(from: "t") == "delete element inet t ports { tcp . 8080 }\n")
        port.hostAddress = .v4(.loopback)
        #expect(
            port.addition(to: "t")
                == "add element inet t address_ports { 127.0.0.1 . tcp . 8080 : 172.18.0.2 . 80 }\n")
        port.transport = .sctp
        #expect(
            port.addition(to: "t")
                == "add element inet t address_ports { 127.0.0.1 . sctp . 8080 : 172.18.0.2 . 80 }\n")
    }

    @Test func portsOfIPv6HaveMapsOfTheirOwn() {
        var port = PortRule(
            hostAddress: nil, hostPort: 53, transport: .udp, containerAddress: IPAddress("fd00::2")!,
            containerPort: 5353)
        #expect(port.addition(to: "t") == "add element inet t ports6 { udp . 53 : fd00::2 . 5353 }\n")
        port.hostAddress = IPAddress("2001:db8::1")
        #expect(port.removal(from: "t") == "delete element inet t address_ports6 { 2001:db8::1 . udp . 53 }\n")
        let open = OpenPort(address: IPAddress("fd00::2")!, port: ContainerPort(80))
        #expect(open.addition(to: "t") == "add element inet t open6 { fd00::2 . tcp . 80 }\n")
    }

    @Test func bothFamiliesAreTranslatedEachByItsMode() {
        var rules = rules
        rules.ipv6 = NetworkRules.Family(subnet: "fd00:1::/64", mode: .routed)
        rules.ipv4?.source = "198.51.100.7"
        #expect(
            chain("leaving", of: rules) == [
                "ip saddr 172.18.0.0/16 ip daddr 172.18.0.0/16 ct status dnat masquerade",
                "oifname BRIDGE ip saddr 127.0.0.0/8 masquerade",
                "oifname != BRIDGE ip saddr 172.18.0.0/16 ip daddr != 224.0.0.0/4 snat ip to 198.51.100.7",
            ])
        #expect(
            chain("passing", of: rules) == [
                "oifname BRIDGE ct state established,related accept", "oifname BRIDGE ct status dnat accept",
                "iifname BRIDGE oifname BRIDGE accept",
                "oifname BRIDGE ip6 daddr . meta l4proto . th dport @open6 accept",
                "oifname BRIDGE meta l4proto 58 accept", "oifname BRIDGE drop",
            ])
        rules.ipv6?.mode = .natUnprotected
        #expect(
            chain("leaving", of: rules).last
                == "oifname != BRIDGE ip6 saddr fd00:1::/64 ip6 daddr != ff00::/8 masquerade")
        #expect(
            chain("passing", of: rules).suffix(2) == ["oifname BRIDGE meta nfproto ipv6 accept", "oifname BRIDGE drop"])
    }

    @Test func strangersPacketsAreDroppedInTheFamilyThatIsForwarded() {
        let rules = ForwardingRules.setUp(.ipv6, bridge: "cb-1")
        #expect(rules.contains("add table inet forwarding6_compose\n"))
        #expect(rules.contains("meta nfproto ipv6 iifname != @bridges oifname != @bridges drop comment "))
        #expect(ForwardingRules.setUp(.ipv4, bridge: "cb-1").contains("add table inet forwarding_compose\n"))
    }

    @Test func dockersUserChainGoesBeforeItsForwardChain() {
        let listing = """
            table ip filter {
            \tchain FORWARD {
            \t\ttype filter hook forward priority filter; policy drop;
            \t}
            \tchain DOCKER-USER {
            \t}
            }
            table inet firewall {
            \tchain fwd {
            \t\ttype filter hook forward priority filter; policy drop;
            \t}
            \tchain in {
            \t\ttype filter hook input priority filter; policy drop;
            \t}
            }
            table inet compose_0123456789ab {
            \tchain passing {
            \t\ttype filter hook forward priority filter; policy accept;
            \t}
            }
            """
        let chains = ForeignRules.chains(in: listing)
        #expect(chains.map(\.path) == ["ip filter DOCKER-USER", "inet firewall fwd"])
        #expect(
            ForeignRules.acceptance(of: rules, in: chains[1])
                == """
                insert rule inet firewall fwd oifname "cb-0123456789ab" accept comment "compose 0123456789ab"
                insert rule inet firewall fwd iifname "cb-0123456789ab" accept comment "compose 0123456789ab"

                """)
    }

    @Test func onlyOwnRulesAreDeleted() {
        let chain = ForeignRules.Chain(family: "ip", table: "filter", name: "DOCKER-USER")
        let listing = """
            table ip filter {
            \tchain DOCKER-USER { # handle 2
            \t\tiifname "cb-0123456789ab" accept comment "compose 0123456789ab" # handle 7
            \t\tiifname "cb-ffffffffffff" accept comment "compose ffffffffffff" # handle 8
            \t\tcounter packets 0 bytes 0 return # handle 3
            \t}
            }
            """
        #expect(
            ForeignRules.removal(of: rules.comment, in: chain, listing: listing)
                == "delete rule ip filter DOCKER-USER handle 7\n")
    }
}
