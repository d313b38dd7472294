internal import Netlink
internal import Primitives
internal import SystemPackage

/// The interfaces of the host that macvlan and ipvlan networks hang on. Those that are made for a network are in its
/// group, by which they are known again.
extension HostNetwork {
    /// Finds the parent, or makes it: a VLAN's interface of an existing one, as `eth0.10`, or one that leads nowhere for a
    /// network that names none.
    func ensureParent(of network: NetworkPlan) throws(NetworkError) {
        let subject = "network \(network.name)"
        let name = network.bridge
        if let link = try interface(of: network) {
            // What is not ours is as its owner wants it.
            if link.isUp || link.group != network.linkGroup { return }
            return try NetworkError.explaining(subject) {
                try session.perform(.setLink(index: link.index, up: true))
            }
        }
        let request: Request
        if name == ParentName.own(id: network.id) {
            request = .addDummy(name, group: network.linkGroup)
        } else if let vlan = InterfaceName.vlan(name) {
            let below = try NetworkError.explaining(subject) { try session.link(named: vlan.parent) }
            guard let below else { throw Self.missing(vlan.parent, network) }
            request = .addVLAN(name, parent: below.index, id: vlan.id, group: network.linkGroup)
        } else {
            throw Self.missing(name, network)
        }
        do throws(NetlinkError) {
            try session.perform(request)
        } catch {
            // Another process was faster.
            if error.code != .fileExists { throw NetworkError(error, subject) }
        }
    }

    /// Removes what was made for the network, unless another one has taken to it.
    func removeParent(of network: NetworkPlan, heir: NetworkPlan?) throws(NetworkError) {
        if let heir, let link = try interface(of: network), link.group == network.linkGroup {
            return try NetworkError.explaining("network \(network.name)") {
                try session.perform(.setLink(index: link.index, group: heir.linkGroup))
            }
        }
        try removeLinks(of: network)
    }

    private static func missing(_ name: String, _ network: NetworkPlan) -> NetworkError {
        NetworkError(.invalid, "network \(network.name)", "there is no interface \(name) on this host to be its parent")
    }
}
