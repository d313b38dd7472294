internal import ContainerModel
internal import EngineModel
internal import ImageModel
internal import Primitives

/// What a container's process gets from its configuration and, where that is silent, from its image.
struct ProcessDefaults {
    var arguments: [String]
    var environment: [String]
    var workingDirectory: String
    var user: String
    var stopSignal: String

    /// Docker's rule: an entrypoint of the configuration also drops the image's command; an empty one only clears the
    /// image's entrypoint.
    init(
        _ configuration: ContainerConfiguration, image: ImageConfiguration.Execution
    ) throws(EngineError) {
        var command = configuration.command ?? []
        var entrypoint = configuration.entrypoint ?? []
        if entrypoint.isEmpty || entrypoint == [""] {
            if command.isEmpty { command = image.command ?? [] }
            if configuration.entrypoint == nil { entrypoint = image.entrypoint ?? [] } else { entrypoint = [] }
        }
        arguments = entrypoint + command
        if arguments.isEmpty {
            throw EngineError(
                .invalid, "container \(configuration.name)", "no command specified",
                hint: "image \(configuration.image) has neither an entrypoint nor a command; set `command`")
        }
        environment = Self.merged(image.environment ?? [], with: configuration.environment)
        workingDirectory = Self.absolute(
            configuration.workingDirectory.nonEmpty ?? image.workingDirectory.nonEmpty ?? "/")
        user = configuration.user.nonEmpty ?? image.user ?? ""
        stopSignal = configuration.stopSignal.nonEmpty ?? image.stopSignal.nonEmpty ?? "SIGTERM"
    }

    /// The image's variables in its order, changed and removed as `changes` says, then the new ones by name.
    static func merged(_ image: [String], with changes: [String: String?]) -> [String] {
        var rest = changes
        var result: [String] = []
        for entry in image {
            let name = Assignment(parsing: entry).name
            switch rest.removeValue(forKey: name) {
            case .none: result.append(entry)
            case .some(.none): continue
            case .some(.some(let value)): result.append("\(name)=\(value)")
            }
        }
        for (name, value) in rest.sorted(by: { $0.key < $1.key }) {
            if let value { result.append("\(name)=\(value)") }
        }
        return result
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "/" + path
    }
}

extension Optional where Wrapped == String {
    /// nil for an empty string too.
    var nonEmpty: String? {
        guard let self, !self.isEmpty else { return nil }
        return self
    }
}
