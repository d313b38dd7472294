public import ContainerNetwork
public import EngineModel
public import Primitives
public import StateStore

extension StateStore {
    /// How a recorded network is made, as it was planned when the network was made. Records of older versions lack it:
    /// then it is planned once more and kept.
    public func bridge(of network: Network) throws(EngineError) -> NetworkPlan {
        if let planned = try plan(ofNetwork: network.id, as: NetworkPlan.self) { return planned }
        let planned = try NetworkPlan(planning: network)
        try keep(plan: planned, ofNetwork: network.id)
        return planned
    }
}

extension NetworkPlan {
    /// What was asked for, with the addresses that were chosen then.
    fileprivate init(planning network: Network) throws(EngineError) {
        var request = NetworkRequest(id: network.id, configuration: network.configuration)
        let first = request.pools.firstIndex { $0.subnet?.contains(":") != true }
        if network.subnet.isEmpty {
            request.enableIPv4 = false
        } else if let first {
            request.pools[first].subnet = network.subnet
            request.pools[first].gateway = network.gateway
        } else {
            request.pools.append(AddressPool(subnet: network.subnet, gateway: network.gateway))
        }
        do throws(NetworkError) {
            self = try AddressPlanner.plan(request, networks: [], occupied: [])
        } catch {
            throw EngineError(error, "network \(network.name)")
        }
        bridge = network.bridge
    }
}

extension NetworkRequest {
    /// The request for a network of this configuration.
    public init(id: String, configuration: NetworkConfiguration) {
        self.init(id: id, name: configuration.name)
        driver = configuration.driver
        driverOptions = configuration.driverOptions
        isInternal = configuration.isInternal
        enableIPv4 = configuration.enableIPv4
        enableIPv6 = configuration.enableIPv6
        pools = configuration.pools
    }
}

extension Network {
    /// The record of a planned network.
    public init(_ plan: NetworkPlan, configuration: NetworkConfiguration, created: Instant) {
        self.init(
            id: plan.id, configuration: configuration, created: created,
            subnet: plan.subnet.map { "\($0)" } ?? "", gateway: plan.gateway.map { "\($0)" } ?? "",
            bridge: plan.bridge)
    }
}
