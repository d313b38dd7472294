internal import EngineModel
internal import StateStore

/// The command line of a supervisor: `compose __supervisor --project NAME --data-root DIR --run-root DIR`.
public struct SupervisorArguments: Sendable, Hashable {
    /// First argument of a process that is to become a supervisor.
    public static let command = "__supervisor"

    var project = ""
    var layout = DataLayout.fromEnvironment()

    /// nil when something is missing or unknown. `arguments` without the program's name, from ``command`` on.
    init?(_ arguments: [String]) {
        guard arguments.first == Self.command, arguments.count % 2 == 1 else { return nil }
        for index in stride(from: 1, to: arguments.count, by: 2) {
            let value = arguments[index + 1]
            switch arguments[index] {
            case "--project": project = value
            case "--data-root": layout.dataRoot = value
            case "--run-root": layout.runRoot = value
            default: return nil
            }
        }
        if project.isEmpty { return nil }
    }
}
