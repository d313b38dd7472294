public import ComposeModel

/// How the containers of a project are called.
public struct ContainerNames: Sendable {
    let project: String
    let separator: String
    /// The names of containers that exist and are called otherwise, by service and number.
    let existing: [String: [Int: String]]

    /// - Parameter separator: `-`, or `_` in compatibility mode.
    public init(project: String, separator: String = "-", existing: [String: [Int: String]] = [:]) {
        self.project = project
        self.separator = separator
        self.existing = existing
    }

    /// The name of replica `number`.
    public func name(_ number: Int, of service: Service) -> String {
        service.containerName ?? [project, service.name, "\(number)"].joined(separator: separator)
    }

    /// `slug`: hexadecimal digits.
    public func oneOffName(of service: String, slug: String) -> String {
        [project, service, "run", String(slug.prefix(12))].joined(separator: separator)
    }

    /// The container that `service:NAME` means: the one with the lowest number.
    func first(of service: Service) -> String {
        if let numbers = existing[service.name], let lowest = numbers.keys.min(), let name = numbers[lowest] {
            return name
        }
        return name(1, of: service)
    }
}
