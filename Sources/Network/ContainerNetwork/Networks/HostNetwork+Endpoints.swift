internal import LinuxSystem
internal import Netlink
internal import Primitives
internal import SystemPackage

extension HostNetwork {
    /// Makes an interface in the namespace, part of the network, and gives it its addresses.
    func attach(
        _ request: EndpointRequest, as name: String, in namespace: PreparedNamespace
    ) throws(NetworkError) -> Endpoint {
        let network = request.network
        let subject = "network \(network.name)"
        guard InterfaceName.isValid(name) else {
            throw NetworkError(.invalid, subject, "\"\(name)\" is not an interface name of 1 to 15 bytes")
        }
        switch network.kind {
        case .bridge: try addVeth(request, as: name, in: namespace)
        case .macvlan, .ipvlan: try addUpperLink(request, as: name, in: namespace)
        }
        let link = try configure(name, for: request, in: namespace)
        return Endpoint(
            network: network, ipv4: request.ipv4, ipv6: request.ipv6,
            macAddress: link.macAddress ?? request.effectiveAddress, interfaceName: name)
    }

    /// Makes an endpoint of a running container as it was: a lost interface is made again, one that was taken out of its
    /// bridge, set down or robbed of its addresses is put right.
    func mend(
        _ endpoint: Endpoint, _ request: EndpointRequest, in namespace: PreparedNamespace
    ) throws(NetworkError) {
        let (network, name) = (request.network, endpoint.interfaceName)
        let session = try namespace.session()
        let inner = try NetworkError.explaining("network \(network.name)") { try session.link(named: name) }
        guard let inner else {
            var again = request
            again.macAddress = network.kind.hasOwnAddresses ? endpoint.macAddress : nil
            _ = try attach(again, as: name, in: namespace)
            return
        }
        if network.kind == .bridge { try reconnect(inner, network) }
        _ = try configure(name, for: request, in: namespace)
    }

    /// Puts the outer end of a veth pair back into the network's bridge.
    private func reconnect(_ inner: Link, _ network: NetworkPlan) throws(NetworkError) {
        let subject = "network \(network.name)"
        guard let bridge = try link(of: network) else { return }
        try NetworkError.explaining(subject) {
            guard let outer = try session.links().first(where: { $0.kind == "veth" && $0.index == inner.lower }) else {
                return
            }
            var requests: [Request] = []
            if outer.master != bridge.index {
                requests.append(.setLink(index: outer.index, master: bridge.index))
                requests += port(outer.name, of: network)
            }
            if !outer.isUp { requests.append(.setLink(index: outer.index, up: true)) }
            try session.perform(requests)
        }
    }

    // MARK: Interfaces

    private func addVeth(
        _ request: EndpointRequest, as name: String, in namespace: PreparedNamespace
    ) throws(NetworkError) {
        let network = request.network
        let subject = "network \(network.name)"
        guard let bridge = try link(of: network) else {
            throw NetworkError(.system, subject, "bridge \(network.bridge) does not exist")
        }
        let hostName = Self.newInterfaceName()
        try NetworkError.explaining(subject) {
            let peer = VethPeer(
                name: name, macAddress: request.effectiveAddress, namespace: namespace.descriptor.raw)
            let pair = Request.addVeth(
                hostName, group: network.linkGroup, mtu: bridge.mtu, master: bridge.index, peer: peer)
            try session.perform([pair] + port(hostName, of: network))
        }
    }

    /// What makes a port of the bridge out of the ordinary.
    private func port(_ name: String, of network: NetworkPlan) -> [Request] {
        // With br_netfilter a call to the container's own published port stays in the bridge and has to go back
        // through the port it came from.
        let hairpin = Sysctl.read("bridge/bridge-nf-call-iptables") == "1"
        if !hairpin, network.interContainer { return [] }
        return [.setBridgePort(name, hairpin: hairpin, isolated: !network.interContainer)]
    }

    private func addUpperLink(
        _ request: EndpointRequest, as name: String, in namespace: PreparedNamespace
    ) throws(NetworkError) {
        let network = request.network
        let subject = "network \(network.name)"
        guard let parent = try interface(of: network) else {
            throw NetworkError(.system, subject, "parent \(network.bridge) does not exist")
        }
        if request.macAddress != nil, !network.kind.hasOwnAddresses {
            throw NetworkError(
                .invalid, subject, "its interfaces have the Ethernet address of \(network.bridge) and no other")
        }
        let link = UpperLink(
            name: name, parent: parent.index, mtu: network.mtu.map { UInt32($0) },
            namespace: namespace.descriptor.raw)
        try NetworkError.explaining(subject) {
            switch network.kind {
            case .bridge: return
            case .macvlan(let mode):
                // What is passed through has the parent's address, which would be changed with it.
                let address = mode == .passthru ? request.macAddress : request.effectiveAddress
                try session.perform(.addMacvlan(link, mode: mode, macAddress: address))
            case .ipvlan(let mode, let flag): try session.perform(.addIPvlan(link, mode: mode, flag: flag))
            }
        }
    }

    // MARK: Addresses

    /// Gives an interface its addresses and sets it up; what it has stays.
    private func configure(
        _ name: String, for request: EndpointRequest, in namespace: PreparedNamespace
    ) throws(NetworkError) -> Link {
        let hasIPv6 =
            request.ipv6 != nil
            || request.linkLocalAddresses.contains { if case .v6 = $0 { true } else { false } }
        if hasIPv6 || !request.parameters.isEmpty {
            try namespace.enter { () throws(NetworkError) in
                if hasIPv6 { try Sysctl.set("ipv6/conf/\(name)/disable_ipv6", "0") }
                for parameter in request.parameters {
                    try Sysctl.set(parameter.path(of: name), parameter.value)
                }
            }
        }
        let innerSession = try namespace.session()
        return try NetworkError.explaining("network \(request.network.name)") {
            guard let inner = try innerSession.link(named: name) else {
                throw NetlinkError(purpose: "find interface \(name)", code: .noSuchAddressOrDevice, message: "")
            }
            try innerSession.perform(Self.addresses(of: request, index: inner.index))
            return inner
        }
    }

    private static func addresses(of request: EndpointRequest, index: UInt32) -> [Request] {
        var requests: [Request] = []
        if let ipv4 = request.ipv4, let subnet = request.network.subnet {
            requests.append(.addAddress(.v4(ipv4), prefixLength: subnet.prefixLength, interface: index))
        }
        if let ipv6 = request.ipv6, let subnet6 = request.network.subnet6 {
            requests.append(.addAddress(.v6(ipv6), prefixLength: subnet6.prefixLength, interface: index))
        }
        for address in request.linkLocalAddresses {
            let length = if case .v4 = address { 16 } else { 64 }
            requests.append(.addAddress(address, prefixLength: length, interface: index))
        }
        return requests + [.setLink(index: index, up: true)]
    }

    /// Not derived from an id: the veth of the container's last run may not have vanished yet.
    private static func newInterfaceName() -> String {
        "cv" + RandomIdentifier.make(digits: 12)
    }
}

extension NetworkLink {
    /// Whether each interface has an Ethernet address of its own.
    fileprivate var hasOwnAddresses: Bool {
        switch self {
        case .bridge, .macvlan: true
        case .ipvlan: false
        }
    }
}

extension EndpointRequest {
    /// As asked for, else derived from the address, so that neighbours of a restarted container need not learn anew.
    var effectiveAddress: MACAddress {
        if let macAddress { return macAddress }
        let bits = ipv4?.bits ?? UInt32(truncatingIfNeeded: ipv6?.low ?? 0)
        return MACAddress(bits: 0x0242 << 32 | UInt64(bits))
    }
}
