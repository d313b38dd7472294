internal import ComposeModel
internal import EngineModel

extension ServiceTranslation {
    func addNetworking(of service: Service, to result: inout ContainerConfiguration) throws(PlanFailure) {
        result.dns = service.dns
        result.dnsSearch = service.dnsSearch
        result.dnsOptions = service.dnsOptions
        result.macAddress = service.macAddress
        result.extraHosts = service.extraHosts.sorted { $0.key < $1.key }.flatMap { name, addresses in
            addresses.map { "\(name):\($0)" }
        }
        for entry in service.expose { result.exposedPorts += try Self.exposedPorts(entry, service) }
        result.ports = try service.ports.map { port throws(PlanFailure) in try Self.publication(port, service) }
        for link in service.links {
            let parts = link.split(separator: ":", maxSplits: 1).map(String.init)
            guard let name = parts.first, let target = project.allServices[name] else { continue }
            result.links[parts.count > 1 ? parts[1] : name] = names.first(of: target)
        }
        for link in service.externalLinks {
            let parts = link.split(separator: ":", maxSplits: 1).map(String.init)
            if let name = parts.first { result.links[parts.count > 1 ? parts[1] : name] = name }
        }
        try addNetworks(of: service, to: &result)
    }

    private func addNetworks(of service: Service, to result: inout ContainerConfiguration) throws(PlanFailure) {
        switch service.networkMode {
        case nil, "":
            result.networks = service.networkNamesByPriority.map { key in
                attachment(key, service.networks[key] ?? nil, service)
            }
            result.networkMode = result.networks.isEmpty ? .none : .networks
        case "none": result.networkMode = .none
        case "host": result.networkMode = .host
        case "bridge", "default": result.networks = [NetworkAttachment(network: "bridge")]
        case let mode?:
            if let target = try container(sharedBy: mode, "network_mode", service) {
                result.networkMode = .container(target)
            } else {
                result.networks = [NetworkAttachment(network: mode)]
            }
        }
    }

    private func attachment(_ key: String, _ options: ServiceNetwork?, _ service: Service) -> NetworkAttachment {
        var result = NetworkAttachment(network: project.networkName(key))
        guard let options else { return result }
        result.aliases = options.aliases
        result.ipv4Address = options.ipv4Address
        result.ipv6Address = options.ipv6Address
        result.linkLocalAddresses = options.linkLocalIPs
        result.macAddress = options.macAddress
        result.interfaceName = options.interfaceName
        result.driverOptions = options.driverOptions
        result.gatewayPriority = Int(options.gatewayPriority ?? 0)
        return result
    }

    private static func publication(_ port: PortConfig, _ service: Service) throws(PlanFailure) -> PortPublication {
        let protocolName = port.protocolName ?? "tcp"
        guard ["tcp", "udp"].contains(protocolName) else {
            throw PlanFailure("service \"\(service.name)\": ports with the protocol \(protocolName) are not supported")
        }
        guard let target = UInt16(exactly: port.target), target > 0 else {
            throw PlanFailure("service \"\(service.name)\": \(port.target) is not a port")
        }
        return PortPublication(
            hostAddress: port.hostIP.flatMap { $0.isEmpty ? nil : $0 }, hostPort: port.published ?? "",
            containerPort: target, protocolName: protocolName)
    }

    /// `80`, `80/udp`, `8000-8010` as single ports.
    private static func exposedPorts(_ entry: String, _ service: Service) throws(PlanFailure) -> [String] {
        let parts = entry.split(separator: "/", maxSplits: 1)
        let bounds = (parts.first ?? "").split(separator: "-", maxSplits: 1).map { UInt16($0) }
        guard let first = bounds.first ?? nil, let last = bounds.last ?? nil, first <= last else {
            throw PlanFailure("service \"\(service.name)\": expose \"\(entry)\" is not a port or a range of ports")
        }
        return (first...last).map { "\($0)/\(parts.count > 1 ? String(parts[1]) : "tcp")" }
    }
}
