internal import ComposeModel
internal import Primitives

/// What a provider says of itself when it is asked (`compose metadata`).
struct ProviderMetadata: Equatable {
    /// What a provider is called for.
    enum Action: String {
        case up, down
    }

    /// An option that a command of the provider has.
    struct Parameter: Equatable {
        var name: String
        var required: Bool
    }

    private var parameters: [String: [Parameter]]?

    /// A provider that says nothing gets all options.
    static let silent = ProviderMetadata(parameters: nil)

    private init(parameters: [String: [Parameter]]?) {
        self.parameters = parameters
    }

    /// Anything but metadata is ``silent``.
    init(_ text: [UInt8]) {
        guard let object = try? JSONValue(parsing: text) else {
            self = .silent
            return
        }
        var found: [String: [Parameter]] = [:]
        for action in [Action.up, .down] {
            let entries = object[action.rawValue]?["parameters"]?.elements ?? []
            found[action.rawValue] = entries.compactMap { entry in
                entry["name"]?.text.map { Parameter(name: $0, required: entry["required"] == true) }
            }
        }
        let isEmpty = object["description"]?.text ?? "" == "" && found.values.allSatisfy(\.isEmpty)
        self.init(parameters: isEmpty ? nil : found)
    }

    /// The words for `provider` of a service: options that the command does not have are left out, in the file's order
    /// of names.
    ///
    /// - Throws: when an option is missing that the command needs.
    func arguments(
        _ action: Action, project: String, service: String, _ provider: ProviderConfig
    ) throws(CommandError) -> [String] {
        let known = parameters?[action.rawValue]
        for parameter in known ?? [] where parameter.required && provider.options[parameter.name] == nil {
            throw CommandError(
                "required parameter \"\(parameter.name)\" is missing from provider \"\(provider.type)\" definition")
        }
        var words = ["compose", "--project-name", project, action.rawValue]
        for (name, values) in provider.options.sorted(by: { $0.key < $1.key }) {
            if let known, !known.contains(where: { $0.name == name }) { continue }
            words += values.map { "--\(name)=\($0)" }
        }
        return words + [service]
    }
}
