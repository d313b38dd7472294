internal import EngineModel
internal import LinuxSystem
internal import Primitives
internal import StateStore

/// A source that is one file on a web server.
struct RemoteFile: Sendable, Hashable {
    var url: String

    /// nil unless it begins with `http://` or `https://`.
    init?(_ source: String) {
        let lower = source.prefix(8).lowercased()
        guard lower.hasPrefix("http://") || lower.hasPrefix("https://") else { return nil }
        url = source
    }

    /// The last component of the URL's path, which the file gets where the destination is a directory.
    var name: String {
        let rest = url.drop { $0 != ":" }.dropFirst(3)
        let path = rest.prefix { $0 != "?" && $0 != "#" }.drop { $0 != "/" }
        let name = percentDecoded(path).split(separator: "/").last.map(String.init) ?? ""
        return name.isEmpty || name == "." || name == ".." || name.utf8.contains(0) || name.utf8.count > 255
            ? "__unnamed__" : name
    }

    /// For messages: without user, password and query, which may be secret.
    var shown: String {
        guard let colon = url.firstIndex(of: ":") else { return url }
        let rest = url[colon...].dropFirst(3)
        let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let tail = rest.dropFirst(host.count).prefix { $0 != "?" && $0 != "#" }
        return url[..<colon] + "://" + (host.split(separator: "@").last.map(String.init) ?? "") + tail
    }

    /// Downloads the file into a directory of its own.
    ///
    /// - Parameter checksum: `sha256:…`, checked before anything uses the file.
    func fetch(
        _ access: SourceAccess, checksum: String?, cancellation: Cancellation
    ) throws(EngineError) -> FetchedDirectory {
        let wanted = try checksum.map { text throws(EngineError) in try Self.digits(text) }
        let directory = try FetchedDirectory(access.layout)
        let file = try directory.makeFile(name)
        let fetched = try access.fetch(url, file.raw, access.limit, cancellation)
        if let wanted {
            let found = try contentDigest(of: file, shown)
            if found != wanted {
                throw EngineError(
                    .invalid, shown, "its digest is sha256:\(found), not sha256:\(wanted) as --checksum demands")
            }
        }
        try directory.finish(file, name, mode: 0o600, modified: fetched.modified ?? 0)
        return directory
    }

    private static func digits(_ checksum: String) throws(EngineError) -> String {
        let digits = checksum.dropFirst(7)
        guard checksum.hasPrefix("sha256:"), digits.utf8.count == 64,
            digits.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) })
        else {
            throw EngineError(.invalid, "--checksum=\(checksum)", "it has to be sha256: and 64 digits 0-9a-f")
        }
        return String(digits)
    }
}

/// Text with `%XX` taken back; what is no such sequence stays.
func percentDecoded(_ text: some StringProtocol) -> String {
    var bytes: [UInt8] = []
    let utf8 = Array(text.utf8)
    var index = 0
    while index < utf8.count {
        if utf8[index] == UInt8(ascii: "%"), index + 2 < utf8.count,
            let value = UInt8(String(decoding: utf8[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
        {
            bytes.append(value)
            index += 3
        } else {
            bytes.append(utf8[index])
            index += 1
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
