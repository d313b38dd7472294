import Glibc
import Testing

@testable import ComposeLoader

/// `Golden/NAME.yaml` must render as `Golden/NAME.golden` and, in JSON, `NAME.json.golden`.
///
/// `UPDATE_GOLDEN=1` rewrites what is expected.
struct GoldenTests {
    static let folder = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Golden"

    static let update = getenv("UPDATE_GOLDEN") != nil

    @Test(arguments: ["everything", "quoting"]) func rendersAsBefore(name: String) throws {
        let text = try #require(Self.read("\(Self.folder)/\(name).yaml"))
        let project = try load(text) {
            $0.projectName = "golden"
            $0.allResources = true
        }.project
        for (format, suffix) in [(ConfigFormat.yaml, "golden"), (.json, "json.golden")] {
            let rendered = renderProject(project, as: format)
            let path = "\(Self.folder)/\(name).\(suffix)"
            if Self.update { Self.write(rendered, path) }
            #expect(Self.read(path) == rendered)
        }
    }

    @Test(arguments: ["everything", "quoting"]) func theOutputCanBeReadAgain(name: String) throws {
        let text = try #require(Self.read("\(Self.folder)/\(name).yaml"))
        let first = try load(text) { $0.projectName = "golden" }.project
        let rendered = renderProject(first, as: .yaml)
        let second = try load(rendered) { $0.projectName = "golden" }.project
        #expect(renderProject(second, as: .yaml) == rendered)
    }

    static func read(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func write(_ text: String, _ path: String) {
        guard let file = fopen(path, "w") else { return }
        fputs(text, file)
        fclose(file)
    }
}
