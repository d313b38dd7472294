internal import ContainerNetwork
internal import EngineModel
internal import Primitives
internal import StateStore

/// What a container's record asks for.
extension NetworkSetup {
    /// Chooses a container's addresses in a network, and keeps them for it.
    typealias Lease = (ContainerRecord, NetworkPlan, NetworkAttachment) throws(EngineError) -> (
        IPv4Address?, IPv6Address?
    )

    func endpoints(of record: ContainerRecord, lease: Lease) throws(EngineError) -> [EndpointRequest] {
        var requests: [EndpointRequest] = []
        guard record.container.configuration.networkMode == .networks else { return [] }
        for attachment in record.container.configuration.networks {
            requests.append(try endpoint(attachment, of: record, isFirst: requests.isEmpty, lease: lease))
        }
        return requests
    }

    /// - Parameter isFirst: it takes the container's own `mac_address`.
    func endpoint(
        _ attachment: NetworkAttachment, of record: ContainerRecord, isFirst: Bool, lease: Lease
    ) throws(EngineError) -> EndpointRequest {
        guard let network = try store.network(matching: attachment.network) else {
            throw EngineError(
                .notFound, "network \(attachment.network)",
                "container \(record.name) needs it, but it does not exist")
        }
        let plan = try store.bridge(of: network)
        let (ipv4, ipv6) = try lease(record, plan, attachment)
        var request = EndpointRequest(network: plan, ipv4: ipv4)
        request.ipv6 = ipv6
        let wanted = attachment.macAddress ?? (isFirst ? record.container.configuration.macAddress : nil)
        request.macAddress = try wanted.map { (text) throws(EngineError) in
            try parsed(MACAddress(text), "MAC address", text, record)
        }
        request.interfaceName = attachment.interfaceName
        request.linkLocalAddresses = try attachment.linkLocalAddresses.map { (text) throws(EngineError) in
            try parsed(IPAddress(text), "address", text, record)
        }
        request.gatewayPriority = attachment.gatewayPriority
        request.parameters = try EngineError.explaining("container \(record.name)") {
            try InterfaceParameter.parse(attachment.driverOptions[InterfaceParameter.option] ?? "")
        }
        return request
    }

    func lease(
        _ record: ContainerRecord, _ network: NetworkPlan, _ attachment: NetworkAttachment
    ) throws(EngineError) -> (IPv4Address?, IPv6Address?) {
        let fixed4 = try attachment.ipv4Address.map { (text) throws(EngineError) in
            try parsed(IPv4Address(text), "IPv4 address", text, record)
        }
        let fixed6 = try attachment.ipv6Address.map { (text) throws(EngineError) in
            try parsed(IPv6Address(text), "IPv6 address", text, record)
        }
        return try store.transaction {
            // Removing the network forgets it in one transaction with looking at these.
            guard try store.network(matching: network.id) != nil else {
                throw EngineError(
                    .notFound, "network \(network.name)", "it was removed while container \(record.name) started")
            }
            let others = try store.leasedAddresses(network: network.id).filter { $0.value != record.id }.keys
            try store.releaseAddresses(container: record.id, network: network.id)
            let (ipv4, ipv6) = try EngineError.explaining("network \(network.name)") {
                (
                    try AddressPlanner.allocate(
                        in: network, leased: Set(others.compactMap { IPv4Address($0) }), fixed: fixed4),
                    try AddressPlanner.allocate6(
                        in: network, leased: Set(others.compactMap { IPv6Address($0) }), fixed: fixed6)
                )
            }
            if let ipv4 { try store.leaseAddress("\(ipv4)", network: network.id, container: record.id) }
            if let ipv6 { try store.leaseAddress("\(ipv6)", network: network.id, container: record.id) }
            return (ipv4, ipv6)
        }
    }

    func resolver(_ record: ContainerRecord) throws(EngineError) -> ResolverSettings {
        var settings = ResolverSettings()
        settings.servers = try record.container.configuration.dns.map { (text) throws(EngineError) in
            try parsed(IPAddress(text), "dns server", text, record)
        }
        for (alias, target) in record.container.configuration.links {
            guard let linked = try store.container(matching: target) else {
                throw EngineError(
                    .notFound, "container \(target)", "container \(record.name) links to it, but it does not exist")
            }
            settings.links[alias] = linked.id
        }
        return settings
    }

    func resolverOrNone(_ record: ContainerRecord) throws(NetworkError) -> ResolverSettings {
        (try? resolver(record)) ?? ResolverSettings()
    }

    private func parsed<Value>(
        _ value: Value?, _ kind: String, _ text: String, _ record: ContainerRecord
    ) throws(EngineError) -> Value {
        if let value { return value }
        throw EngineError(.invalid, "container \(record.name)", "\"\(text)\" is not a valid \(kind)")
    }
}
