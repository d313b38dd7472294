import ContainerModel
import Primitives
import YAML

/// The namespaces that a service has of its own or shares.
enum NamespaceChecks {
    static func mode(_ text: String, _ name: String, among known: [String]) -> String? {
        if text.isEmpty || known.contains(text) { return nil }
        for prefix in ["service:", "container:"] where text.hasPrefix(prefix) {
            return text.utf8.count > prefix.utf8.count ? nil : "invalid \(name) mode: \(text): it names no container"
        }
        let guess = Spelling.suggestion(for: text, among: known)
        return "invalid \(name) mode: \(text): it is \(known.joined(separator: ", ")) or service:NAME\(guess)"
    }

    static func sysctl(_ name: String, _ value: String, _ judged: Judged) -> String? {
        let parameter: KernelParameter
        do throws(GrammarError) {
            parameter = try KernelParameter(name, value)
        } catch {
            return "sysctl \(error.description)"
        }
        let attribute =
            switch parameter.namespace {
            case .network: "network_mode"
            case .ipc: "ipc"
            case .uts: "uts"
            }
        let mode = judged.resource[attribute]?.text ?? ""
        guard mode == "host" || mode.hasPrefix("service:") || mode.hasPrefix("container:") else { return nil }
        return "sysctl \"\(name)\" is not allowed with \(attribute) \"\(mode)\": the namespace is not the service's own"
    }
}

/// What cannot stand beside a `network_mode` (Docker's host configuration), in its words.
enum NetworkModeChecks {
    private static func sharesContainer(_ judged: Judged) -> Bool { AttributeSupport.sharesNetwork(judged.resource) }

    private static func conflict(_ judged: Judged, _ what: String) -> String? {
        sharesContainer(judged) ? "conflicting options: \(what)" : nil
    }

    static func hostname(_ judged: Judged) -> String? {
        if judged.text.isEmpty { return nil }
        if judged.resource["uts"]?.text == "host" { return "conflicting options: hostname and the UTS mode" }
        return conflict(judged, "hostname and the network mode")
    }

    static func macAddress(_ judged: Judged) -> String? {
        if judged.text.isEmpty { return nil }
        if judged.resource["network_mode"]?.text == "host" {
            return "conflicting options: mac-address and the network mode"
        }
        return conflict(judged, "mac-address and the network mode")
    }

    static func dns(_ judged: Judged) -> String? {
        hasItems(judged.node) ? conflict(judged, "dns and the network mode") : nil
    }

    static func extraHosts(_ judged: Judged) -> String? {
        hasItems(judged.node) ? conflict(judged, "custom host-to-IP mapping and the network mode") : nil
    }

    static func ports(_ judged: Judged) -> String? {
        hasItems(judged.node) ? conflict(judged, "port publishing and the container type network mode") : nil
    }

    static func expose(_ judged: Judged) -> String? {
        hasItems(judged.node) ? conflict(judged, "port exposing and the container type network mode") : nil
    }

    private static func hasItems(_ node: Node) -> Bool {
        node.sequence.map { !$0.isEmpty } ?? node.mapping.map { !$0.isEmpty } ?? !node.text.isEmpty
    }

    /// `HOST=ADDRESS`, `HOST:ADDRESS` or a mapping; an address may be `host-gateway`.
    static func hosts(_ judged: Judged) -> [Complaint] {
        func wrong(_ address: String) -> String? {
            let bare =
                address.hasPrefix("[") && address.hasSuffix("]") ? String(address.dropFirst().dropLast()) : address
            if bare == "host-gateway" || IPAddress(bare) != nil { return nil }
            return "invalid IP address in add-host: \"\(address)\""
        }
        let items = judged.node.sequence ?? []
        let listed = items.enumerated().compactMap { index, item -> Complaint? in
            guard let (_, address) = item.text.cut("=") ?? item.text.cut(":") else { return nil }
            return wrong(address).map { Complaint($0, at: "[\(index)]") }
        }
        return listed
            + (judged.node.mapping?.entries ?? []).flatMap { entry in
                (entry.value.sequence ?? [entry.value]).compactMap { wrong($0.text) }
                    .map { Complaint($0, at: entry.key) }
            }
    }
}
