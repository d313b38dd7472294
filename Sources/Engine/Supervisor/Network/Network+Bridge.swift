public import ContainerNetwork
public import EngineModel
public import Primitives
public import StateStore

extension StateStore {
    /// The bridge of a recorded network, as it was planned when the network was made. Records of older versions lack it:
    /// then it is planned once more and kept.
    public func bridge(of network: Network) throws(EngineError) -> BridgeNetwork {
        if let planned = try plan(ofNetwork: network.id, as: BridgeNetwork.self) { return planned }
        let planned = try BridgeNetwork(planning: network)
        try keep(plan: planned, ofNetwork: network.id)
        return planned
    }
}

extension BridgeNetwork {
    /// What was asked for, with the addresses that were chosen then.
    fileprivate init(planning network: Network) throws(EngineError) {
        var request = NetworkRequest(id: network.id, configuration: network.configuration)
        let first = request.pools.firstIndex { $0.subnet?.contains(":") != true }
        if let first {
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
        enableIPv6 = configuration.enableIPv6
        pools = configuration.pools
    }
}

extension Network {
    /// The record of a planned network.
    public init(_ plan: BridgeNetwork, configuration: NetworkConfiguration, created: Instant) {
        self.init(
            id: plan.id, configuration: configuration, created: created, subnet: "\(plan.subnet)",
            gateway: "\(plan.gateway)", bridge: plan.bridge)
    }
}
