import Glibc
import LinuxSystem
import Testing

extension EndToEnd {
    struct NetworkDrivers {
        private static let page = "sh -c 'mkdir /www; echo page >/www/index.html; exec httpd -f -h /www'"

        @Test
        func aNetworkWithIPv6AnswersForBothFamiliesInsideAndOnTheHost() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: \(Self.page)
                    init: true
                    ports: ["${PORT}:80"]
                  client:
                    image: busybox
                    command: nap
                networks:
                  default:
                    enable_ipv6: true
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                let found = try project.compose(
                    "exec", "-T", "client", "nslookup", "-type=aaaa", "web", "127.0.0.11"
                ).succeeds()
                let line = found.lines.last { $0.hasPrefix("Address: fd") }
                let address = String(try #require(line, "\(found)").dropFirst("Address: ".count))
                let reverse = try project.compose("exec", "-T", "client", "nslookup", address, "127.0.0.11").succeeds()
                #expect(reverse.output.contains("\(project.name)-web-1"))
                try eventually("web answers at its IPv6 address") {
                    try project.compose("exec", "-T", "client", "wget", "-q", "-O", "-", "http://[\(address)]/").text
                        == "page"
                }
                for host in ["127.0.0.1", "[::1]"] {
                    try eventually("\(host) answers") { Host.page("http://\(host):\(project.port)/") == "page" }
                }
            }
        }

        @Test
        func aNetworkMayHaveIPv6Alone() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: nap
                networks:
                  default:
                    enable_ipv4: false
                    enable_ipv6: true
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                let addresses = try project.compose("exec", "-T", "web", "ip", "-4", "addr", "show", "eth0")
                #expect(!addresses.output.contains("inet "))
                let six = try project.compose("exec", "-T", "web", "ip", "-6", "addr", "show", "eth0").succeeds()
                #expect(six.output.contains("inet6 fd"))
                #expect(
                    try project.compose("exec", "-T", "web", "nslookup", "-type=aaaa", "web", "127.0.0.11").exitCode
                        == 0)
            }
        }

        @Test
        func whatOthersTookAwayOfANetworkIsThereAgainAfterTheNextUp() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: \(Self.page)
                    init: true
                    ports: ["${PORT}:80"]
                  client:
                    image: busybox
                    command: nap
                networks:
                  default:
                    driver_opts:
                      com.docker.network.bridge.name: b${PORT}
                """
            ) { project in
                func isPublished() -> Bool { Host.page("http://127.0.0.1:\(project.port)/") == "page" }
                func answers() throws -> Bool {
                    let inside = try project.compose("exec", "-T", "client", "wget", "-q", "-O", "-", "http://web/")
                    return inside.text == "page" && isPublished()
                }
                try project.compose("up", "-d").succeeds()
                try eventually("it answers") { try answers() }
                _ = Host.run(["/usr/sbin/ip", "link", "delete", "b\(project.port)"])
                #expect(!isPublished())
                let again = try project.compose("up", "-d").succeeds()
                #expect(again.errors.contains("Container \(project.name)-web-1  Running"))
                #expect(try answers())
            }
        }

        @Test
        func aMacvlanNetworkHangsOnItsParentAndItsPortsAreIgnoredWithAWarning() throws {
            // A cable to nowhere.
            let (parent, far) = ("p\(getpid())", "q\(getpid())")
            _ = Host.run(["/usr/sbin/ip", "link", "add", parent, "up", "type", "veth", "peer", "name", far])
            _ = Host.run(["/usr/sbin/ip", "link", "set", far, "up"])
            defer { _ = Host.run(["/usr/sbin/ip", "link", "delete", parent]) }
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: \(Self.page)
                    init: true
                    ports: ["${PORT}:80"]
                  client:
                    image: busybox
                    command: nap
                networks:
                  default:
                    driver: macvlan
                    driver_opts:
                      parent: \(parent)
                      encrypted: ""
                    ipam: {config: [{subnet: 10.177.0.0/24}]}
                """
            ) { project in
                let up = try project.compose("up", "-d").succeeds()
                #expect(up.errors.contains("compose.yaml:6:5: services.web.ports is ignored"))
                #expect(up.errors.contains("compose.yaml:15:18: networks.default.driver_opts.encrypted is ignored"))
                try eventually("web answers") {
                    try project.compose("exec", "-T", "client", "wget", "-q", "-O", "-", "http://web/").text == "page"
                }
                #expect(Host.page("http://127.0.0.1:\(project.port)/") == nil)
                let link = try project.compose("exec", "-T", "web", "ip", "-o", "addr", "show", "eth0").succeeds()
                #expect(link.output.contains("10.177.0."))
            }
        }

        @Test
        func aDriverThatIsNotThereIsRefusedAtItsPlace() throws {
            try Project.with(
                """
                services:
                  web: {image: busybox, command: nap}
                networks:
                  default:
                    driver: overlay
                """
            ) { project in
                let outcome = try project.compose("up", "-d").fails(with: 1)
                #expect(
                    outcome.errors.contains(
                        "compose.yaml:5:13: networks.default.driver \"overlay\" is not supported, only bridge, macvlan and ipvlan are"
                    ))
            }
        }

        @Test
        func whoSharesAnothersNetworkFollowsItWhenThatIsRestartedReplacedOrStartedAgain() throws {
            let file = """
                services:
                  web:
                    image: busybox
                    command: nap
                    environment: {ROUND: "${ROUND:-1}"}
                  shadow:
                    image: busybox
                    command: nap
                    network_mode: service:web
                """
            try Project.with(file) { project in
                func namespace(_ service: String) throws -> String {
                    try project.compose("exec", "-T", service, "readlink", "/proc/self/ns/net").succeeds().text
                }
                func share(_ when: String) throws {
                    #expect(try namespace("web") == namespace("shadow"), "\(when)")
                }
                try project.compose("up", "-d").succeeds()
                try share("after up")
                try project.compose("restart", "-t", "1", "web").succeeds()
                try share("after restart")
                try project.compose("up", "-d", "-t", "1", environment: ["ROUND=2"]).succeeds()
                try share("after web was replaced")
                try project.compose("stop", "-t", "1", "web").succeeds()
                try project.compose("up", "-d", "-t", "1", environment: ["ROUND=2"]).succeeds()
                try share("after web was stopped and started")
            }
        }

        @Test
        func containersWithoutANameServiceHaveTheHostsServers() throws {
            try Project.with(
                """
                services:
                  none: {image: busybox, command: nap, network_mode: none}
                  plain: {image: busybox, command: nap, network_mode: bridge}
                  linked: {image: busybox, command: nap, network_mode: bridge, links: ["plain:other"]}
                  own: {image: busybox, command: nap}
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                func text(_ service: String, _ file: String) throws -> String {
                    try project.compose("exec", "-T", service, "cat", file).succeeds().output
                }
                for service in ["none", "plain", "linked"] {
                    let servers = try text(service, "/etc/resolv.conf")
                    #expect(servers.contains("nameserver") && !servers.contains("127.0.0."), "\(service): \(servers)")
                }
                #expect(try text("own", "/etc/resolv.conf").hasPrefix("nameserver 127.0.0.11\n"))
                let id = try project.id(of: "plain").prefix(12)
                #expect(try text("linked", "/etc/hosts").contains("other \(id) \(project.name)-plain-1\n"))
            }
        }
    }
}
