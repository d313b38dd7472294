internal import ComposeModel
internal import Engine

extension ServiceTranslation {
    func addNetworking(_ service: Service, to configuration: inout ContainerConfiguration) throws(EngineError) {
        try addNetworks(service, to: &configuration)
        configuration.links = links(of: service)
        for port in service.ports { configuration.ports.append(try publication(port, service)) }
        for port in service.expose { configuration.exposedPorts += try exposed(port, service) }
        configuration.extraHosts = service.extraHosts.sorted { $0.key < $1.key }.flatMap { host, addresses in
            addresses.map { "\(host):\($0)" }
        }
        configuration.dns = service.dns
        configuration.dnsSearch = service.dnsSearch
        configuration.dnsOptions = service.dnsOptions
        configuration.macAddress = service.macAddress
    }

    private func addNetworks(_ service: Service, to configuration: inout ContainerConfiguration) throws(EngineError) {
        switch service.networkMode {
        case "none": configuration.networkMode = .none
        case "host": configuration.networkMode = .host
        case let mode? where !mode.isEmpty && mode != "default":
            if let container = sharedContainer(mode) {
                configuration.networkMode = .container(container)
            } else {
                configuration.networks = [NetworkAttachment(network: mode)]
            }
        default:
            if service.networks.isEmpty { configuration.networkMode = .none }
            configuration.networks = service.networkNamesByPriority.map { attachment($0, service) }
        }
    }

    private func attachment(_ key: String, _ service: Service) -> NetworkAttachment {
        var attachment = NetworkAttachment(network: project.networks[key]?.name ?? key)
        let settings = service.networks[key] ?? nil
        var aliases = [service.name]
        for alias in settings?.aliases ?? [] where !aliases.contains(alias) { aliases.append(alias) }
        attachment.aliases = aliases
        guard let settings else { return attachment }
        attachment.ipv4Address = settings.ipv4Address
        attachment.ipv6Address = settings.ipv6Address
        attachment.linkLocalAddresses = settings.linkLocalIPs
        attachment.macAddress = settings.macAddress
        attachment.interfaceName = settings.interfaceName
        attachment.driverOptions = settings.driverOptions
        attachment.gatewayPriority = Int(settings.gatewayPriority ?? 0)
        return attachment
    }

    /// Other names for containers: `SERVICE[:ALIAS]` of the project, `CONTAINER[:ALIAS]` of others.
    private func links(of service: Service) -> [String: String] {
        var links: [String: String] = [:]
        for link in service.links {
            let parts = link.split(separator: ":", maxSplits: 1).map(String.init)
            if let target = parts.first { links[parts.last ?? target] = firstContainer(of: target) }
        }
        for link in service.externalLinks {
            let parts = link.split(separator: ":", maxSplits: 1).map(String.init)
            if let target = parts.first { links[parts.last ?? target] = target }
        }
        return links
    }

    private func publication(_ port: PortConfig, _ service: Service) throws(EngineError) -> PortPublication {
        let transport = port.protocolName ?? "tcp"
        guard transport == "tcp" || transport == "udp" else {
            throw invalid(service, "port \(port.target): protocol \(transport) is not supported, only tcp and udp")
        }
        guard let target = UInt16(exactly: port.target), target > 0 else {
            throw invalid(service, "port \(port.target) is not between 1 and 65535")
        }
        let address = port.hostIP.flatMap { $0.isEmpty ? nil : $0 }
        return PortPublication(
            hostAddress: address, hostPort: port.published ?? "", containerPort: target, protocolName: transport)
    }

    /// `80`, `80/udp` and `8000-8010` as single ports with their protocol.
    private func exposed(_ entry: String, _ service: Service) throws(EngineError) -> [String] {
        let parts = entry.split(separator: "/", maxSplits: 1)
        let transport = parts.count == 2 ? String(parts[1]) : "tcp"
        let bounds = (parts.first ?? "").split(separator: "-", maxSplits: 1).map { UInt16($0) }
        guard let first = bounds.first, let low = first, let last = bounds.last, let high = last, low <= high else {
            throw invalid(service, "expose \"\(entry)\" is not a port or a range of ports")
        }
        return (low...high).map { "\($0)/\(transport)" }
    }
}
