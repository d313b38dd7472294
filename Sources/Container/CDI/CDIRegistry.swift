public import EngineModel
internal import LinuxSystem
public import Primitives
internal import SystemPackage

/// The devices that specifications of this host describe. Reads files; any thread.
public struct CDIRegistry: Sendable {
    /// Where specifications lie; the later folder comes before the earlier one (CDI specification, "Locations").
    public static let folders = ["/etc/cdi", "/var/run/cdi"]
    /// Bytes of a specification.
    private static let limit = 4 << 20

    private let specifications: [CDISpecification]

    /// Reads all specifications; folders that are missing are empty.
    ///
    /// - Throws: for a specification that is wrong: what it describes could be what is asked for.
    public init(folders: [String] = folders) throws(CDIError) {
        var found: [CDISpecification] = []
        for folder in folders {
            for name in ((try? Files.list(folder)) ?? []).sorted() where Self.isSpecification(name) {
                let path = "\(folder)/\(name)"
                let text: [UInt8]
                do throws(Errno) {
                    text = try Files.read(path, limit: Self.limit)
                } catch {
                    throw CDIError(.invalid, path, "reading it: \(error.description)")
                }
                found.append(try CDISpecification(text, path: path))
            }
        }
        specifications = found
    }

    private static func isSpecification(_ name: String) -> Bool {
        [".json", ".yaml", ".yml"].contains { name.hasSuffix($0) }
    }

    /// The changes for these devices, those of each specification that has one of them included.
    public func edits(for names: [CDIDeviceName]) throws(CDIError) -> ContainerEdits {
        var edits = ContainerEdits()
        var used: Set<String> = []
        for name in names {
            // A later folder, and in it a later file, comes before an earlier one.
            guard
                let specification = specifications.last(where: { $0.kind == name.kind && $0.devices[name.name] != nil })
            else { throw missing(name) }
            if used.insert(specification.path).inserted { edits.add(specification.common) }
            if let device = specification.devices[name.name] { edits.add(device) }
        }
        return edits
    }

    /// The devices that a request means.
    public func devices(for request: DeviceRequest) throws(CDIError) -> [CDIDeviceName] {
        if request.driver == "cdi" {
            return try request.deviceIDs.map { text throws(CDIError) in
                guard let name = CDIDeviceName(text) else {
                    throw CDIError(.invalid, "device \(text)", "it is not VENDOR/CLASS=NAME")
                }
                return name
            }
        }
        let kind = try kind(for: request)
        if !request.deviceIDs.isEmpty { return request.deviceIDs.map { CDIDeviceName(kind: kind, name: $0) } }
        let names = specifications.filter { $0.kind == kind }.flatMap(\.names)
        if request.count < 0 {
            let all = names.contains("all") ? ["all"] : names
            return all.map { CDIDeviceName(kind: kind, name: $0) }
        }
        let single = names.filter { $0 != "all" && !$0.contains(":") }
        let numbered = single.filter { Int($0) != nil }
        let usable = numbered.isEmpty ? single : numbered
        guard usable.count >= request.count else {
            throw CDIError(
                .notFound, "device request of \(request.count)",
                "there are \(usable.count) devices of kind \(kind) on this host")
        }
        return usable.prefix(request.count).map { CDIDeviceName(kind: kind, name: $0) }
    }

    /// Which kind of device the driver and the capabilities stand for.
    private func kind(for request: DeviceRequest) throws(CDIError) -> String {
        let isGPU = request.capabilities.contains("gpu") || request.driver == "nvidia"
        let kinds = Set(specifications.map(\.kind)).filter { $0.hasSuffix("/gpu") }
        if isGPU {
            if ["", "nvidia"].contains(request.driver), kinds.contains("nvidia.com/gpu") { return "nvidia.com/gpu" }
            if request.driver.isEmpty, kinds.count == 1, let only = kinds.first { return only }
            if let own = kinds.first(where: { $0.hasPrefix(request.driver + ".") }), !request.driver.isEmpty {
                return own
            }
        }
        // docker's words.
        throw CDIError(
            .notFound, "",
            "could not select device driver \"\(request.driver)\" with capabilities: "
                + "[[\(request.capabilities.joined(separator: " "))]]",
            hint: "no specification in \(Self.folders.joined(separator: " or ")) describes such devices; "
                + "NVIDIA's is made by `nvidia-ctk cdi generate`")
    }

    private func missing(_ name: CDIDeviceName) -> CDIError {
        let known = specifications.filter { $0.kind == name.kind }.flatMap(\.names)
        return CDIError(
            .notFound, "device \(name)",
            known.isEmpty
                ? "no specification in \(Self.folders.joined(separator: " or ")) describes devices of kind \(name.kind)"
                : "there is no such device",
            hint: known.isEmpty ? "" : "there are \(known.prefix(20).joined(separator: ", "))")
    }
}
