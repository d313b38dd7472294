import Primitives
import YAML

/// How services are attached to networks.
enum EndpointChecks {
    static func interfaceNames(_ judged: Judged) -> [Complaint] {
        var users: [String: String] = [:]
        return (judged.node.mapping?.entries ?? []).compactMap { entry in
            guard let name = entry.value["interface_name"]?.text, !name.isEmpty,
                let other = users.updateValue(entry.key, forKey: name)
            else { return nil }
            return Complaint(
                "\"\(name)\" is the interface to network \(other) already", at: entry.key, "interface_name")
        }
    }

    static func driverOptions(_ judged: Judged) -> [Complaint] {
        let option = InterfaceParameter.option
        guard let text = judged.node[option]?.text else { return [] }
        let problem = ValueChecks.wrong { () throws(GrammarError) in _ = try InterfaceParameter.parse(text) }
        return problem.map { [Complaint("unable to set endpoint sysctls: \($0)", at: option)] } ?? []
    }

    /// Fixed addresses are in subnets that the file gives.
    static func addresses(_ judged: Judged) -> [Complaint] {
        let network = judged.document["networks"]?[judged.keys.last ?? ""]
        let isKnown = network?["external"]?.text != "true"
        let subnets = (network?["ipam"]?["config"]?.sequence ?? []).compactMap { $0["subnet"]?.text }
        func complaint(_ attribute: String, _ isAddress: (String) -> Bool, _ family: String, within: (String) -> Bool?)
            -> Complaint?
        {
            guard let text = judged.node[attribute]?.text, !text.isEmpty else { return nil }
            if !isAddress(text) { return Complaint("invalid \(family) address: \(text)", at: attribute) }
            guard isKnown else { return nil }
            switch within(text) {
            case true?: return nil
            case false?: return Complaint("no configured subnet contains IP address \(text)", at: attribute)
            case nil:
                return Complaint(
                    "user specified IP address is supported only when connecting to networks with user configured"
                        + " subnets", at: attribute)
            }
        }
        let four = subnets.compactMap { IPv4Subnet($0) }
        let six = subnets.compactMap { IPv6Subnet($0) }
        return [
            complaint("ipv4_address", { IPv4Address($0) != nil }, "IPv4") { text in
                four.isEmpty ? nil : IPv4Address(text).map { address in four.contains { $0.contains(address) } }
            },
            complaint("ipv6_address", { IPv6Address($0) != nil }, "IPv6") { text in
                six.isEmpty ? nil : IPv6Address(text).map { address in six.contains { $0.contains(address) } }
            },
        ].compactMap(\.self)
    }
}

/// `ipam.config`, in the words that Docker has for it.
enum PoolChecks {
    static func families(_ judged: Judged) -> [Complaint] {
        var seen: Set<Bool> = []
        return (judged.node.sequence ?? []).enumerated().compactMap { index, pool in
            let isSix = pool["subnet"]?.text.contains(":") ?? false
            return seen.insert(isSix).inserted
                ? nil : Complaint("more than one subnet of a family is not supported", at: "[\(index)]")
        }
    }

    static func pool(_ judged: Judged) -> [Complaint] {
        guard let text = judged.node["subnet"]?.text, !text.isEmpty else { return [] }
        if let subnet = IPv4Subnet(text) {
            guard (8...30).contains(subnet.prefixLength) else {
                return [Complaint("invalid subnet \(text): it has to be between /8 and /30", at: "subnet")]
            }
            return addresses(judged.node) {
                IPv4Address($0).map { subnet.contains($0) }
            } range: {
                IPv4Subnet($0).map { subnet.contains($0) }
            }
        }
        if let subnet = IPv6Subnet(text), (16...126).contains(subnet.prefixLength) {
            return addresses(judged.node) {
                IPv6Address($0).map { subnet.contains($0) }
            } range: {
                IPv6Subnet($0).map { subnet.contains($0.network) && $0.prefixLength >= subnet.prefixLength }
            }
        }
        return [Complaint("invalid subnet \(text): invalid CIDR block notation", at: "subnet")]
    }

    /// - Parameters:
    ///   - address: whether the subnet has it; nil for what is not an address of its family.
    ///   - range: the same of a range.
    private static func addresses(
        _ pool: Node, address: (String) -> Bool?, range: (String) -> Bool?
    ) -> [Complaint] {
        let subnet = pool["subnet"]?.text ?? ""
        var complaints: [Complaint] = []
        if let text = pool["ip_range"]?.text, !text.isEmpty {
            switch range(text) {
            case true?: break
            case false?:
                complaints.append(
                    Complaint(
                        "invalid ip-range \(text): parent subnet \(subnet) doesn't contain ip-range", at: "ip_range"))
            case nil:
                complaints.append(Complaint("invalid ip-range \(text): invalid CIDR block notation", at: "ip_range"))
            }
        }
        func check(_ text: String, _ what: String, at keys: [String]) {
            switch address(text) {
            case true?: return
            case false?:
                complaints.append(
                    Complaint(
                        "invalid \(what) \(text): parent subnet \(subnet) doesn't contain this address", below: keys))
            case nil: complaints.append(Complaint("invalid \(what) \(text): invalid IP address", below: keys))
            }
        }
        if let text = pool["gateway"]?.text, !text.isEmpty { check(text, "gateway", at: ["gateway"]) }
        for entry in pool["aux_addresses"]?.mapping?.entries ?? [] {
            check(entry.value.text, "auxiliary address", at: ["aux_addresses", entry.key])
        }
        return complaints
    }
}
