internal import Primitives

/// Paths of instructions, which begin at the root of the tree that they are about, as Go's path.Clean sees them.
enum SourcePath {
    /// The components without `.`, empty ones, and `..`, which ends at the root.
    static func components(_ path: String) -> [String] {
        cleanPath("/" + path).split(separator: "/").map(String.init)
    }

    /// Absolute and cleaned, for messages: `/a/b`.
    static func shown(_ components: [String]) -> String { "/" + components.joined(separator: "/") }

    /// Whether filepath.Match would see more than letters in it; a backslash takes the meaning of what follows.
    static func hasWildcards(_ component: String) -> Bool {
        var escaped = false
        for byte in component.utf8 {
            if escaped {
                escaped = false
            } else if byte == UInt8(ascii: "\\") {
                escaped = true
            } else if byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "[") {
                return true
            }
        }
        return false
    }
}

/// Where an instruction puts things: absolute, cleaned, and whether it is certainly a directory.
struct DestinationPath {
    var components: [String]
    /// Written with `/` or `/.` at its end.
    var isDirectory: Bool

    init(_ path: String, workingDirectory: String) {
        let whole = path.hasPrefix("/") ? path : "\(workingDirectory)/\(path)"
        components = SourcePath.components(whole)
        isDirectory =
            path.isEmpty || path == "." || path.hasSuffix("/") || path.hasSuffix("/.") || components.isEmpty
    }

    var shown: String { SourcePath.shown(components) }
}
