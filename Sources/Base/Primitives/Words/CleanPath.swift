/// The shortest equal path, as Go's `path.Clean` finds it: without `.`, doubled slashes and a slash at the end, without
/// `..` where a directory is before it or at the root. Empty is `.`. Purely text: links are not followed, so a path that
/// is opened needs more than this.
public func cleanPath(_ path: String) -> String {
    let isAbsolute = path.hasPrefix("/")
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
        if part == "..", let last = parts.last, last != ".." {
            parts.removeLast()
        } else if part != ".." || !isAbsolute {
            parts.append(part)
        }
    }
    let joined = parts.joined(separator: "/")
    return isAbsolute ? "/" + joined : joined.isEmpty ? "." : joined
}
