import Dockerfile
import Glibc
import Testing

/// `Golden/NAME.Dockerfile` must be read as `Golden/NAME.golden` says. `UPDATE_GOLDEN=1` rewrites what is expected.
struct GoldenTests {
    private static let folder = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Golden"

    @Test(arguments: [
        "application", "backtick", "checks", "commands", "copy", "heredocs", "lines", "metadata", "mounts", "onbuild",
        "stages", "windows-lines",
    ])
    func readsAsBefore(name: String) throws {
        let file = try Dockerfile(parsing: #require(Self.read("\(Self.folder)/\(name).Dockerfile")), name: name)
        let path = "\(Self.folder)/\(name).golden"
        if getenv("UPDATE_GOLDEN") != nil { Self.write(render(file), path) }
        #expect(Self.read(path).map { String(decoding: $0, as: UTF8.self) } == render(file))
    }

    private static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return bytes
    }

    private static func write(_ text: String, _ path: String) {
        guard let file = fopen(path, "w") else { return }
        fputs(text, file)
        fclose(file)
    }
}
