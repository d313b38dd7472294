import ContainerNetwork
import EngineModel
import Glibc
import LinuxSystem
import Primitives
import StateStore
import Testing

@testable import Supervisor

@Suite(.serialized) struct NetworkTests {
    @Test func containersFindEachOtherByNameAndArePublishedAlsoAfterTheSupervisorDied() throws {
        let project = try TestProject()
        defer { project.close() }
        let network = try project.network("net")
        let server = try project.container("server", ["sh", "-c", "while :; do echo pong | nc -l -p 80; done"]) {
            $0.networkMode = .networks
            $0.networks = [NetworkAttachment(network: network)]
            $0.networks[0].aliases = ["web"]
            $0.ports = [PortMapping(containerPort: 80)]
        }
        let script = """
            while :; do
                nslookup web >/dev/null 2>&1 && echo found || echo lost
                sleep 0.01
            done
            """
        let client = try project.container("client", ["sh", "-c", script]) {
            $0.networkMode = .networks
            $0.networks = [NetworkAttachment(network: network)]
        }
        _ = try project.client.start(server)
        _ = try project.client.start(client)
        try project.eventually("web is found") { try project.lines(client).contains("found") }
        let container = try project.record(server).container
        let port = try #require(container.ports.first)
        #expect(port.containerPort == 80)
        #expect(container.addresses[network]?.ipv4.isEmpty == false)
        try project.eventually("the port answers") { answer(port.hostPort).contains("pong") }

        let supervisor = try #require(try project.supervisorProcess())
        kill(supervisor, SIGKILL)
        try project.eventually("it is dead") { project.hasEnded(supervisor) }
        try project.client.ensureAlive()
        let seen = try project.lines(client).count
        try project.eventually("web is found again") { try project.lines(client).dropFirst(seen).contains("found") }
        // Questions asked meanwhile waited for this supervisor instead of being refused.
        let lookups = try project.lines(client)
        #expect(!lookups.dropFirst(lookups.firstIndex(of: "found") ?? 0).contains("lost"))
        try project.eventually("the port answers again") { answer(port.hostPort).contains("pong") }

        try project.client.stop(server, timeout: 0)
        let later = try project.lines(client).count
        try project.eventually("web is gone") { try project.lines(client).dropFirst(later).contains("lost") }
        #expect(try project.store.leasedAddresses(network: project.networkID(network)).count == 1)
    }

    @Test func namesHaveIPv6AddressesAlsoAfterTheSupervisorDied() throws {
        let project = try TestProject()
        defer { project.close() }
        let network = try project.network("net", ipv6: true)
        let script = """
            while :; do
                nslookup -type=aaaa web 127.0.0.11 2>&1 | grep -q "Address: fd" && echo found || echo lost
                sleep 0.05
            done
            """
        let web = try project.container("web", ["sh", "-c", script]) {
            $0.networkMode = .networks
            $0.networks = [NetworkAttachment(network: network)]
            $0.networks[0].aliases = ["web"]
        }
        _ = try project.client.start(web)
        try project.eventually("it is found") { try project.lines(web).contains("found") }
        let address = try #require(try project.record(web).container.addresses[network]?.ipv6)
        #expect(address.hasPrefix("fd"))
        let supervisor = try #require(try project.supervisorProcess())
        kill(supervisor, SIGKILL)
        try project.eventually("it is dead") { project.hasEnded(supervisor) }
        try project.client.ensureAlive()
        let seen = try project.lines(web).count
        try project.eventually("it is found again") { try project.lines(web).dropFirst(seen).contains("found") }
        #expect(try project.record(web).container.addresses[network]?.ipv6 == address)
    }

    @Test func aTakenPortFailsTheStartAndFreesEverything() throws {
        let project = try TestProject()
        defer { project.close() }
        let network = try project.network("net")
        let configure: (inout ContainerConfiguration) -> Void = {
            $0.networkMode = .networks
            $0.networks = [NetworkAttachment(network: network)]
        }
        let first = try project.container("first", ["sleep", "1000"]) {
            configure(&$0)
            $0.ports = [PortMapping(containerPort: 80)]
        }
        _ = try project.client.start(first)
        let port = try #require(try project.record(first).container.ports.first).hostPort
        let second = try project.container("second", ["sleep", "1000"]) {
            configure(&$0)
            $0.ports = [PortMapping(hostPorts: PortRange(port), containerPort: 80)]
        }
        let error = #expect(throws: EngineError.self) { _ = try project.client.start(second) }
        #expect(error?.code == .portTaken)
        #expect(
            try project.store.leasedAddresses(network: project.networkID(network)).values.allSatisfy { $0 == first })
    }

    /// What a connection to the host's port gets; empty if it is refused.
    private func answer(_ port: UInt16) -> String {
        let socket = Descriptor(owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket.raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { return "" }
        return String(decoding: (try? socket.read(upTo: 100)) ?? [], as: UTF8.self)
    }
}
