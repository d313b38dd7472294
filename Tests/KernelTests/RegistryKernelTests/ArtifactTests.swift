import EngineModel
import ImageModel
import LinuxSystem
import Primitives
import Testing

@testable import Registry

@Suite(.serialized) struct ArtifactTests {
    private let kind = ArtifactKind(
        type: "application/vnd.docker.compose.project",
        configurationType: "application/vnd.docker.compose.config.empty.v1+json",
        fileTypes: ["application/vnd.docker.compose.file+yaml"])
    private let files = ["services: {}\n", "", "x: é\n"].map {
        RegistryArtifact.File(
            mediaType: "application/vnd.docker.compose.file+yaml", annotations: ["com.docker.compose.file": "a \"b\""],
            bytes: Array($0.utf8))
    }

    @Test(arguments: [nil] + ArtifactVersion.allCases) func whatIsPublishedIsFetchedAgain(
        version: ArtifactVersion?
    ) throws {
        let registry = try TestRegistry()
        let images = try TestImages()
        let name = try ImageReference("\(registry.host)/team/stack:1")
        let digest = try images.client.publish(
            files, as: kind, to: name, version: version, created: "2026-01-01T00:00:00Z", cancellation: Cancellation())
        let fetched = try images.client.artifact(name, kind, cancellation: Cancellation())
        #expect(fetched == RegistryArtifact(digest: digest, files: files))
        #expect(images.blobs == 0)
    }

    @Test func imagesAndWhatIsTooLargeAreRefused() throws {
        let registry = try TestRegistry()
        let images = try TestImages()
        let image = "\(registry.host)/team/app:1"
        try images.make(image, layers: [[1]])
        try images.push(image)
        #expect(throws: EngineError.self) {
            try images.client.artifact(try ImageReference(image), kind, cancellation: Cancellation())
        }
        let name = try ImageReference("\(registry.host)/team/stack:1")
        _ = try images.client.publish(
            files, as: kind, to: name, created: "2026-01-01T00:00:00Z", cancellation: Cancellation())
        var small = kind
        small.sizeLimit = 15
        let tooSmall = small
        #expect(throws: EngineError.self) {
            try images.client.artifact(name, tooSmall, cancellation: Cancellation())
        }
        small.sizeLimit = 64
        small.countLimit = 2
        let tooFew = small
        #expect(throws: EngineError.self) { try images.client.artifact(name, tooFew, cancellation: Cancellation()) }
    }
}
