public import StateStore

extension DataLayout {
    /// The directory of a project's control socket and keeper. Removed when its supervisor leaves.
    public func project(_ name: String) -> String { "\(runRoot)/projects/\(Self.fileName(of: name))" }

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
}
