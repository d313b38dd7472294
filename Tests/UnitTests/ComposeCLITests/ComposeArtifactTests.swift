import EngineModel
import Registry
import Testing

@testable import ComposeCLI

struct ComposeArtifactTests {
    private func layer(_ text: String, _ annotations: [String: String], environment: Bool = false)
        -> RegistryArtifact.File
    {
        RegistryArtifact.File(
            mediaType: environment ? ComposeArtifact.environmentType : ComposeArtifact.fileType,
            annotations: annotations, bytes: Array(text.utf8))
    }

    @Test func filesBecomeOneAndOthersKeepTheirNames() throws {
        let files = try ComposeArtifact.directory(of: [
            layer("a", [ComposeArtifact.fileName: "../compose.yaml"]),
            layer("b", [ComposeArtifact.fileName: "over.yaml"]),
            layer("c", [ComposeArtifact.fileName: "base.yaml", ComposeArtifact.extended: "true"]),
            layer("D=1", [ComposeArtifact.environmentName: "d.env"], environment: true),
        ])
        #expect(
            files.mapValues { String(decoding: $0, as: UTF8.self) } == [
                "compose.yaml": "a\n---\nb", "base.yaml": "c", "d.env": "D=1",
            ])
    }

    @Test(arguments: ["../x", "/x", "a/b", "..", ".", "", "a\\b", "a\0"])
    func namesStayInTheDirectory(name: String) {
        let main = layer("a", [:])
        #expect(throws: EngineError.self) {
            try ComposeArtifact.directory(of: [
                main, layer("D=1", [ComposeArtifact.environmentName: name], environment: true),
            ])
        }
        #expect(throws: EngineError.self) {
            try ComposeArtifact.directory(of: [
                main, layer("c", [ComposeArtifact.fileName: name, ComposeArtifact.extended: "true"]),
            ])
        }
    }

    @Test func thereIsAComposeFile() {
        #expect(throws: EngineError.self) { try ComposeArtifact.directory(of: []) }
    }
}
