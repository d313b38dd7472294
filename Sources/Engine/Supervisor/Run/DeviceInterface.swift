internal import CDI
internal import ContainerModel
public import EngineModel
internal import FoundationEssentials
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// Devices of the Container Device Interface: from what a container asks for to what its specification gets.
public enum DeviceInterface {
    /// Whether this host has what is asked for.
    public static func check(_ requests: [DeviceRequest]?) throws(EngineError) {
        _ = try edits(requests)
    }

    /// Changes `spec` as the host's specifications say now: drivers may have been updated since the container was made.
    /// Writes what hooks read into the container's directory.
    static func apply(_ requests: [DeviceRequest]?, to spec: inout ContainerSpec) throws(EngineError) {
        guard let edits = try edits(requests) else { return }
        edits.apply(to: &spec)
        if spec.hooks?.isEmpty ?? true { return }
        let root: JSONValue = [
            "ociVersion": "1.0.2",
            "root": ["path": .string(spec.root.upperDirectory), "readonly": .boolean(spec.root.readOnly)],
            "hostname": .string(spec.hostname),
        ]
        do throws(Errno) {
            try Files.makeDirectories(spec.bundle)
            try Files.replace(spec.bundle + "/config.json", with: Array(root.indented(by: "  ").utf8))
        } catch {
            throw EngineError(error, "container \(spec.name)", doing: "what its hooks read cannot be written")
        }
    }

    private static func edits(_ requests: [DeviceRequest]?) throws(EngineError) -> ContainerEdits? {
        guard let requests, !requests.isEmpty else { return nil }
        return try EngineError.explaining("") {
            let registry = try CDIRegistry()
            var names: [CDIDeviceName] = []
            for request in requests { names += try registry.devices(for: request) }
            return try registry.edits(for: names)
        }
    }
}
