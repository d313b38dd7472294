import Glibc

/// The text of this repository, for tests that hold what is written against it.
struct SourceTree {
    static let root = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()

    /// Paths of the Swift files by target.
    private let files: [String: [String]]

    init() {
        var files: [String: [String]] = [:]
        for layer in Self.entries(of: Self.root + "/Sources") {
            for target in Self.entries(of: "\(Self.root)/Sources/\(layer)") {
                files[target] = Self.swiftFiles(below: "\(Self.root)/Sources/\(layer)/\(target)")
            }
        }
        self.files = files
    }

    /// Whether `TARGET/NAME` is a file of the target, or a type that one of its files declares.
    func declares(_ reader: String) -> Bool {
        let parts = reader.split(separator: "/").map(String.init)
        guard parts.count == 2, let files = files[parts[0]] else { return false }
        if files.contains(where: { $0.hasSuffix("/\(parts[1]).swift") }) { return true }
        return files.contains { file in
            let text = Self.text(of: file)
            return ["struct ", "enum ", "class ", "actor "].contains { kind in
                [" ", ":", "<"].contains { text.contains(kind + parts[1] + $0) }
            }
        }
    }

    static func text(of path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { text += buffer[..<count] }
        return String(decoding: text, as: UTF8.self)
    }

    private static func swiftFiles(below directory: String) -> [String] {
        entries(of: directory).flatMap { name in
            name.hasSuffix(".swift") ? ["\(directory)/\(name)"] : swiftFiles(below: "\(directory)/\(name)")
        }
    }

    /// Names in a directory; none where it is something else.
    private static func entries(of directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }
}
