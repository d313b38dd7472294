internal import Primitives

/// Decides what a network is made of: the driver's part of a plan, without addresses.
enum LinkPlanner {
    static func plan(
        _ request: NetworkRequest, networks: [NetworkPlan]
    ) throws(NetworkError) -> (NetworkPlan, NetworkOptions) {
        let subject = "network \(request.name)"
        let name = request.driver ?? NetworkDriver.bridge.rawValue
        guard let driver = NetworkDriver(rawValue: name) else {
            let known = NetworkDriver.allCases.map(\.rawValue).joined(separator: ", ")
            throw NetworkError(.unsupported, subject, "driver \"\(name)\" is not supported, only \(known) are")
        }
        let options: NetworkOptions
        do throws(GrammarError) {
            options = try NetworkOptions(request.driverOptions, driver: driver)
        } catch {
            throw NetworkError(.invalid, subject, error.description)
        }
        var network = NetworkPlan(id: request.id, name: request.name, bridge: defaultBridgeName(id: request.id))
        network.isInternal = request.isInternal
        network.mtu = options.mtu
        network.interfacePrefix = options.interfacePrefix
        switch driver {
        case .bridge: try set(options, on: &network, networks)
        case .macvlan: network.link = .macvlan(options.macvlanMode ?? .bridge)
        case .ipvlan: network.link = .ipvlan(options.ipvlanMode ?? .l2, options.ipvlanFlag ?? .bridge)
        }
        if network.kind.hasParent { try setParent(options.parent ?? "", of: &network, networks) }
        return (network, options)
    }

    /// What the names of our bridges begin with, but for those that the file names.
    static let bridgePrefix = "cb-"

    static func defaultBridgeName(id: String) -> String { bridgePrefix + id.prefix(12) }

    private static func set(
        _ options: NetworkOptions, on network: inout NetworkPlan, _ networks: [NetworkPlan]
    ) throws(NetworkError) {
        let subject = "network \(network.name)"
        if let bridge = options.bridgeName {
            if let taken = networks.first(where: { $0.bridge == bridge }) {
                throw NetworkError(.overlap, subject, "bridge \(bridge) belongs to network \(taken.name)")
            }
            network.bridge = bridge
        }
        network.masquerade = options.masquerade ?? true
        network.interContainer = options.interContainer ?? true
        network.hostBinding = options.hostBinding == .unspecified ? nil : options.hostBinding
        network.gatewayMode4 = options.gatewayMode4
        network.gatewayMode6 = options.gatewayMode6
        network.inhibitsIPv4 = options.inhibitIPv4
        network.hostIPv4 = options.hostIPv4
        network.hostIPv6 = options.hostIPv6
        for mode in [options.gatewayMode4, options.gatewayMode6] where mode == .isolated && !network.isInternal {
            throw NetworkError(.invalid, subject, "gateway mode isolated is for internal networks only")
        }
    }

    private static func setParent(
        _ parent: String, of network: inout NetworkPlan, _ networks: [NetworkPlan]
    ) throws(NetworkError) {
        network.bridge = parent.isEmpty ? ParentName.own(id: network.id) : parent
        for other in networks where other.bridge == network.bridge && !network.mayShareParent(with: other) {
            throw NetworkError(
                .overlap, "network \(network.name)",
                "parent \(network.bridge) is used by network \(other.name) in another way")
        }
    }
}

/// Parents that are made for networks.
enum ParentName {
    /// The dummy interface of a network that names no parent.
    static func own(id: String) -> String { "dm-" + id.prefix(12) }
}

extension NetworkPlan {
    /// The kernel has one mode for all ipvlan interfaces of a parent, and none beside them or one that is passed through.
    fileprivate func mayShareParent(with other: NetworkPlan) -> Bool {
        switch (kind, other.kind) {
        case (.macvlan(let mode), .macvlan(let second)): mode != .passthru && second != .passthru
        case (.ipvlan, .ipvlan): kind == other.kind
        case (.bridge, _), (_, .bridge), (.macvlan, .ipvlan), (.ipvlan, .macvlan): false
        }
    }
}
