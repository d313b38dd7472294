internal import Glibc

/// What the process was started with.
enum Surroundings {
    static func environment() -> [String: String] {
        var result: [String: String] = [:]
        var pointer = environ
        while let entry = pointer.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                result[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            pointer += 1
        }
        return result
    }

    /// As the shell names it, if that leads to the same directory: through a link its name is that of the link, and a
    /// project that is called after it stays the same when the link is changed.
    static func workingDirectory() -> String {
        if let named = getenv("PWD").map({ String(cString: $0) }), named.hasPrefix("/") {
            var (here, there) = (stat(), stat())
            if stat(".", &here) == 0, stat(named, &there) == 0, here.st_dev == there.st_dev,
                here.st_ino == there.st_ino
            {
                return named
            }
        }
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }
}
