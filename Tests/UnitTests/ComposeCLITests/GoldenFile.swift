import Glibc

/// A text that a test compares with; `UPDATE_GOLDEN=1` (`make golden`) writes it anew.
struct GoldenFile {
    /// Below this target's `Golden`, or absolute.
    let path: String

    init(_ name: String) {
        path = name.hasPrefix("/") ? name : Self.folder + "/Golden/" + name
    }

    /// A file of the repository.
    static func inRepository(_ name: String) -> GoldenFile {
        let root = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()
        return GoldenFile("\(root)/\(name)")
    }

    private static let folder = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined()

    var text: String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether the file has `text`, after writing it if that was asked for.
    func has(_ text: String) -> Bool {
        if getenv("UPDATE_GOLDEN") != nil, let file = fopen(path, "w") {
            fputs(text, file)
            fclose(file)
        }
        return self.text == text
    }
}
