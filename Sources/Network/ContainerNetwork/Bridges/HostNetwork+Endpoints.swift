internal import LinuxSystem
internal import Netlink
internal import Primitives
internal import SystemPackage

extension HostNetwork {
    /// Makes a veth pair between the network's bridge and the namespace, and gives the inner end its addresses.
    func attach(
        _ request: EndpointRequest, as name: String, in namespace: PreparedNamespace
    ) throws(NetworkError) -> Endpoint {
        let network = request.network
        let subject = "network \(network.name)"
        guard NetworkOptions.isInterfaceName(name) else {
            throw NetworkError(.invalid, subject, "\"\(name)\" is not an interface name of 1 to 15 bytes")
        }
        guard let bridge = try link(of: network) else {
            throw NetworkError(.system, subject, "bridge \(network.bridge) does not exist")
        }
        let hostName = Self.newInterfaceName()
        let macAddress = request.effectiveAddress
        // With br_netfilter a call to the container's own published port stays in the bridge and has to go back
        // through the port it came from.
        let hairpin = Sysctl.read("bridge/bridge-nf-call-iptables") == "1"
        try NetworkError.explaining(subject) {
            var requests = [
                Request.addVeth(
                    hostName, group: network.linkGroup, mtu: bridge.mtu, master: bridge.index,
                    peer: VethPeer(name: name, macAddress: macAddress, namespace: namespace.descriptor.raw))
            ]
            if hairpin || !network.interContainer {
                requests.append(.setBridgePort(hostName, hairpin: hairpin, isolated: !network.interContainer))
            }
            try session.perform(requests)
        }
        if request.ipv6 != nil {
            try namespace.enter { () throws(NetworkError) in
                try Sysctl.set("ipv6/conf/\(name)/disable_ipv6", "0")
            }
        }
        let parameters = request.parameters
        if !parameters.isEmpty {
            try namespace.enter { () throws(NetworkError) in
                for parameter in parameters { try Sysctl.set(parameter.path(of: name), parameter.value) }
            }
        }
        let innerSession = try namespace.session()
        try NetworkError.explaining(subject) {
            guard let inner = try innerSession.link(named: name) else {
                throw NetlinkError(purpose: "find interface \(name)", code: .noSuchAddressOrDevice, message: "")
            }
            try innerSession.perform(Self.addresses(of: request, index: inner.index))
        }
        return Endpoint(
            network: network, ipv4: request.ipv4, ipv6: request.ipv6, macAddress: macAddress, interfaceName: name,
            hostInterface: hostName)
    }

    private static func addresses(of request: EndpointRequest, index: UInt32) -> [Request] {
        var requests = [
            Request.addAddress(
                .v4(request.ipv4), prefixLength: request.network.subnet.prefixLength, interface: index)
        ]
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

extension EndpointRequest {
    /// As asked for, else derived from the address, so that neighbours of a restarted container need not learn anew.
    var effectiveAddress: MACAddress {
        macAddress ?? MACAddress(bits: 0x0242 << 32 | UInt64(ipv4.bits))
    }
}
