internal import Primitives
internal import YAML

/// One file that describes the devices of one kind (the CDI specification, versions 0.3 to 1.0).
struct CDISpecification: Sendable {
    /// Where it stands.
    let path: String
    /// `vendor.com/class`.
    let kind: String
    /// By name.
    let devices: [String: ContainerEdits]
    /// In the order of the file.
    let names: [String]
    /// For each container that gets any of the devices.
    let common: ContainerEdits

    /// - Parameter text: JSON or YAML.
    init(_ text: [UInt8], path: String) throws(CDIError) {
        let reader = CDIReader(path: path)
        let document = try reader.document(text)
        self.path = path
        try reader.check(
            document, ["cdiVersion", "kind", "devices", "containerEdits", "annotations"], "a CDI specification")
        kind = try reader.text(document, "kind")
        guard CDIDeviceName.isKind(kind) else {
            throw reader.failure("kind \"\(kind)\" is not VENDOR/CLASS", at: document["kind"] ?? document)
        }
        let version = try reader.text(document, "cdiVersion")
        guard version.hasPrefix("0.") || version.hasPrefix("1.") else {
            throw reader.failure("version \(version) is not known", at: document["cdiVersion"] ?? document)
        }
        common =
            try document["containerEdits"].map { node throws(CDIError) in try reader.edits(node) }
            ?? ContainerEdits()
        var found: [String: ContainerEdits] = [:]
        var order: [String] = []
        for device in try reader.list(document, "devices") {
            try reader.check(device, ["name", "containerEdits", "annotations"], "a device")
            let name = try reader.text(device, "name")
            guard CDIDeviceName.isName(name) else {
                throw reader.failure("\"\(name)\" is not the name of a device", at: device)
            }
            if found[name] != nil { throw reader.failure("device \"\(name)\" is there twice", at: device) }
            found[name] =
                try device["containerEdits"].map { node throws(CDIError) in try reader.edits(node) }
                ?? ContainerEdits()
            order.append(name)
        }
        devices = found
        names = order
    }
}
