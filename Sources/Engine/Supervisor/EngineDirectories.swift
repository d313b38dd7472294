internal import Glibc

/// The two directories that everything on disk is below.
public struct EngineDirectories: Sendable, Hashable {
    /// What survives a reboot: images, containers, volumes, the state store. Usually `/var/lib/compose`.
    public var data: String
    /// Sockets and locks. Usually `/run/compose`.
    public var run: String

    public init(data: String, run: String) {
        self.data = data
        self.run = run
    }

    /// The defaults, or what `COMPOSE_DATA_ROOT` and `COMPOSE_RUN_ROOT` say.
    public static func fromEnvironment() -> EngineDirectories {
        EngineDirectories(
            data: variable("COMPOSE_DATA_ROOT") ?? "/var/lib/compose",
            run: variable("COMPOSE_RUN_ROOT") ?? "/run/compose")
    }

    /// The directory of a container's own files: upper, work, log, generated files.
    public func container(_ id: String) -> String { "\(data)/containers/\(id)" }

    /// The container's log segments, for ``LogReader``.
    public func log(_ id: String) -> String { container(id) + "/log" }

    /// The directory of a project's control socket and keeper. Removed when its supervisor leaves.
    public func project(_ name: String) -> String { "\(run)/projects/\(Self.fileName(of: name))" }

    /// Held by who starts the project's supervisor, and by the supervisor while it leaves.
    func projectLock(_ name: String) -> String { project(name) + ".lock" }

    /// What a supervisor has to say about its own troubles.
    func supervisorLog(_ name: String) -> String { project(name) + "/supervisor.log" }

    /// A short name for any project: sockets have to fit into 107 bytes, and names may hold anything.
    static func fileName(of project: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in project.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        let readable = project.utf8.prefix(24).map { byte -> Character in
            let character = Character(Unicode.Scalar(byte))
            return byte < 128 && (character.isLetter || character.isNumber || byte == 0x2d) ? character : "_"
        }
        return String(readable) + "-" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}
