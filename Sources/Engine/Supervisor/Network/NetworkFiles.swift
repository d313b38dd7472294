internal import ContainerModel
internal import ContainerNetwork
internal import EngineModel
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

/// Writes `hosts`, `hostname` and `resolv.conf` into a container's directory before each start.
struct NetworkFiles: Sendable {
    let store: StateStore
    let layout: DataLayout

    func write(for record: ContainerRecord, _ spec: ContainerSpec, _ network: RunNetwork) throws(EngineError) {
        let directory = spec.directory
        let configuration = record.container.configuration
        let hostResolver = Files.text("/etc/resolv.conf") ?? ""
        var hosts: String
        var resolver: String
        switch configuration.networkMode {
        case .container(let other):
            // They share the network, so they share its names; both containers' files are alike.
            let source = try store.container(matching: other)?.id ?? other
            hosts = Files.text(layout.container(source) + "/hosts") ?? ""
            resolver = Files.text(layout.container(source) + "/resolv.conf") ?? hostResolver
        case .host:
            hosts = Files.text("/etc/hosts") ?? ""
            if !configuration.extraHosts.isEmpty {
                hosts += try self.hosts(for: record, spec, addresses: [], gateway: .v4(.loopback))
            }
            resolver = ContainerFiles.hostResolvConf(
                servers: configuration.dns, search: configuration.dnsSearch, options: configuration.dnsOptions,
                hostText: hostResolver)
        case .none, .networks:
            hosts = try self.hosts(
                for: record, spec, addresses: Self.ownAddresses(network),
                gateway: (network.sandbox?.gatewayEndpoint).map { .v4($0.network.gateway) })
            resolver = ContainerFiles.resolvConf(
                search: configuration.dnsSearch, options: configuration.dnsOptions, hostText: hostResolver)
        }
        let texts = [
            ("hosts", hosts), ("resolv.conf", resolver), ("hostname", ContainerFiles.hostname(spec.hostname)),
        ]
        do throws(Errno) {
            for (name, text) in texts {
                try Files.replace("\(directory)/\(name)", with: Array(text.utf8), mode: 0o644)
            }
        } catch {
            throw EngineError(error, "container \(record.name)", doing: "its network files cannot be written")
        }
    }

    private func hosts(
        for record: ContainerRecord, _ spec: ContainerSpec, addresses: [IPAddress], gateway: IPAddress?
    ) throws(EngineError) -> String {
        do throws(NetworkError) {
            return try ContainerFiles.hosts(
                hostname: spec.hostname, domainname: spec.domainname, addresses: addresses,
                extraHosts: record.container.configuration.extraHosts, gateway: gateway)
        } catch {
            throw EngineError(.invalid, "container \(record.name)", error.description)
        }
    }

    /// Those of the default route's interface first.
    private static func ownAddresses(_ network: RunNetwork) -> [IPAddress] {
        guard let sandbox = network.sandbox else { return [] }
        let main = sandbox.gatewayEndpoint?.network.id
        let ordered =
            sandbox.endpoints.filter { $0.network.id == main } + sandbox.endpoints.filter { $0.network.id != main }
        return ordered.flatMap { endpoint in [.v4(endpoint.ipv4)] + (endpoint.ipv6.map { [.v6($0)] } ?? []) }
    }
}
