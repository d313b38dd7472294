internal import EngineModel
internal import StateStore

/// The command line of a supervisor: `compose __supervisor --project NAME --data-root DIR --run-root DIR`, and `--lock
/// NUMBER` for one that begins again.
public struct SupervisorArguments: Sendable, Hashable {
    /// First argument of a process that is to become a supervisor.
    public static let command = "__supervisor"
    private static let lockOption = "--lock"

    var project = ""
    var layout = DataLayout.fromEnvironment()
    /// For a supervisor that begins again: the number of the file whose lock it holds already.
    var lock: Int32?

    /// nil when something is missing or unknown. `arguments` without the program's name, from ``command`` on.
    init?(_ arguments: [String]) {
        guard arguments.first == Self.command, arguments.count % 2 == 1 else { return nil }
        for index in stride(from: 1, to: arguments.count, by: 2) {
            let value = arguments[index + 1]
            switch arguments[index] {
            case "--project": project = value
            case "--data-root": layout.dataRoot = value
            case "--run-root": layout.runRoot = value
            case Self.lockOption:
                guard let number = Int32(value), number > 2 else { return nil }
                lock = number
            default: return nil
            }
        }
        if project.isEmpty { return nil }
    }

    /// The words after the program's name for the same supervisor, which is to take over this lock.
    func successor(lock: Int32) -> [String] {
        [
            Self.command, "--project", project, "--data-root", layout.dataRoot, "--run-root", layout.runRoot,
            Self.lockOption, "\(lock)",
        ]
    }
}
