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
                for: record, spec, addresses: Self.ownAddresses(network), gateway: Self.gateway(network))
            let isBare = configuration.networkMode == .none || SharedBridge.isUsed(by: configuration)
            resolver =
                isBare
                ? ContainerFiles.bareResolvConf(
                    servers: configuration.dns, search: configuration.dnsSearch, options: configuration.dnsOptions,
                    hostText: Self.upstreamText(hostResolver))
                : ContainerFiles.resolvConf(
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
                extraHosts: record.container.configuration.extraHosts, gateway: gateway,
                others: linked(to: record.container.configuration))
        } catch {
            throw EngineError(.invalid, "container \(record.name)", error.description)
        }
    }

    /// In the bridge of all projects there is no name service: links are lines of the file, as in Docker.
    private func linked(to configuration: ContainerConfiguration) -> [(address: IPAddress, names: [String])] {
        if !SharedBridge.isUsed(by: configuration) { return [] }
        return configuration.links.sorted { $0.key < $1.key }.compactMap { alias, target in
            guard let found = try? store.container(matching: target), let hostname = try? found.spec().hostname,
                let address = found.container.addresses[SharedBridge.name].flatMap({ IPv4Address($0.ipv4) })
            else { return nil }
            return (.v4(address), [alias, hostname] + (alias == found.name ? [] : [found.name]))
        }
    }

    /// What `host-gateway` means: the host's own address in the network with the default route, else in another one.
    /// On an interface of the host it has none, and cannot be reached.
    private static func gateway(_ network: RunNetwork) -> IPAddress? {
        guard let sandbox = network.sandbox else { return nil }
        let main = sandbox.gatewayEndpoint.map { [$0] } ?? []
        let plans = (main + sandbox.endpoints).map(\.network)
        for plan in plans {
            if let address = plan.hostAddress { return .v4(address) }
            if let address = plan.hostAddress6 { return .v6(address) }
        }
        return plans.lazy.compactMap(\.gateway).first.map { .v4($0) }
    }

    /// The file that names the servers which systemd-resolved(8) asks, where the host's own names only that.
    private static func upstreamText(_ text: String) -> String {
        if !ContainerFiles.namesOnlyLocalResolver(text) { return text }
        return Files.text("/run/systemd/resolve/resolv.conf") ?? text
    }

    /// Those of the default route's interface first.
    private static func ownAddresses(_ network: RunNetwork) -> [IPAddress] {
        guard let sandbox = network.sandbox else { return [] }
        let main = sandbox.gatewayEndpoint?.network.id
        let ordered =
            sandbox.endpoints.filter { $0.network.id == main } + sandbox.endpoints.filter { $0.network.id != main }
        return ordered.flatMap(\.addresses)
    }
}
