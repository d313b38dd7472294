internal import Primitives
public import StateStore

extension DataLayout {
    /// The directory of a project's control socket and keeper. Removed when its supervisor leaves.
    public func project(_ name: String) -> String { "\(runRoot)/projects/\(Self.fileName(of: name))" }

    /// Held by who starts the project's supervisor, and by the supervisor while it leaves.
    func projectLock(_ name: String) -> String { project(name) + ".lock" }

    /// Held by the command that changes the project, and says which one that is.
    public func projectQueue(_ name: String) -> String { project(name) + ".queue" }

    /// Held by the project's supervisor as long as it lives (``ProcessLock``).
    func supervisorLock(_ name: String) -> String { project(name) + "/supervisor.lock" }

    /// What a supervisor has to say about its own troubles.
    func supervisorLog(_ name: String) -> String { project(name) + "/supervisor.log" }

    /// A short name for any project: sockets have to fit into 107 bytes, and names may hold anything.
    static func fileName(of project: String) -> String {
        let readable = project.utf8.prefix(24).map { byte -> Character in
            let character = Character(Unicode.Scalar(byte))
            return byte < 128 && (character.isLetter || character.isNumber || byte == 0x2d) ? character : "_"
        }
        return String(readable) + "-" + String(hashFNV1a(project.utf8), radix: 16).leftPadded(to: 16)
    }
}
