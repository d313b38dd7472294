internal import ComposeModel
internal import EngineModel
internal import Primitives

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
        result.ports = try service.ports.map { port throws(PlanFailure) in try Self.mapping(port, service) }
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
            try joinHost(&result, service)
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

    /// An external network may be called `host` or `none`, which are modes and not networks.
    private func joinHost(_ result: inout ContainerConfiguration, _ service: Service) throws(PlanFailure) {
        guard let special = result.networks.map(\.network).first(where: { ["host", "none"].contains($0) }) else {
            return
        }
        if result.networks.count > 1 {
            throw PlanFailure(
                "service \"\(service.name)\": who is in the network \"\(special)\" cannot be in another one as well")
        }
        result.networks = []
        result.networkMode = special == "host" ? .host : .none
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

    private static func mapping(_ port: PortConfig, _ service: Service) throws(PlanFailure) -> PortMapping {
        switch port.mapping {
        case .success(let mapping): return mapping
        case .failure(let error): throw PlanFailure("service \"\(service.name)\": ports: \(error.description)")
        }
    }

    private static func exposedPorts(_ entry: String, _ service: Service) throws(PlanFailure) -> [ContainerPort] {
        do throws(GrammarError) {
            return try ContainerPort.parse(entry)
        } catch {
            throw PlanFailure("service \"\(service.name)\": expose: \(error.description)")
        }
    }
}
