internal import Primitives

/// Paths as text.
enum FilePath {
    /// See `cleanPath`.
    static func clean(_ path: String) -> String { cleanPath(path) }

    static func join(_ first: String, _ second: String) -> String {
        if first.isEmpty { return second.isEmpty ? "" : clean(second) }
        return second.isEmpty ? clean(first) : clean(first + "/" + second)
    }

    static func isAbsolute(_ path: String) -> Bool { path.hasPrefix("/") }

    static func absolute(_ path: String, in directory: String) -> String {
        isAbsolute(path) ? clean(path) : join(directory, path)
    }

    static func directory(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return clean(String(path[...slash]))
    }

    static func base(_ path: String) -> String {
        String(clean(path).split(separator: "/").last ?? "/")
    }

    /// `path` as seen from `directory`; both absolute.
    static func relative(_ path: String, to directory: String) -> String {
        let target = clean(path).split(separator: "/")
        let base = clean(directory).split(separator: "/")
        var common = 0
        while common < target.count, common < base.count, target[common] == base[common] { common += 1 }
        let parts = Array(repeating: "..", count: base.count - common) + target[common...].map(String.init)
        return parts.isEmpty ? "." : parts.joined(separator: "/")
    }

    /// `C:\…`, `C:/…` or `\\server\…`.
    static func isWindowsAbsolute(_ path: String) -> Bool {
        if path.hasPrefix("\\\\") { return true }
        let start = Array(path.utf8.prefix(3))
        return start.count == 3 && start[1] == UInt8(ascii: ":") && (start[0] | 32 >= 97 && start[0] | 32 <= 122)
            && (start[2] == UInt8(ascii: "\\") || start[2] == UInt8(ascii: "/"))
    }

    /// The host path that `./data` or `~/data` stands for; absolute ones stay, Windows' own too.
    static func hostPath(_ text: String, in directory: String, home: String?) -> String {
        let path = expandingHome(text, home: home)
        return isAbsolute(path) || isWindowsAbsolute(path) ? path : join(directory, path)
    }

    static func expandingHome(_ path: String, home: String?) -> String {
        guard path.hasPrefix("~"), let home else { return path }
        return join(home, String(path.dropFirst()))
    }
}
