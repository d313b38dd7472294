import ImageModel
import Testing

@testable import Registry

struct PlatformChoiceTests {
    private func image(_ text: String, _ number: Int) -> BlobDescriptor {
        let parts = text.split(separator: "/").map(String.init)
        let hex = String(repeating: "0", count: 62) + String(number + 10)
        var descriptor = BlobDescriptor(mediaType: nil, digest: Digest(hex: hex)!, size: 1)
        descriptor.platform = Platform(
            architecture: parts[1], os: parts[0], variant: parts.count == 3 ? parts[2] : nil)
        return descriptor
    }

    private func choose(_ wanted: String, _ available: [String]) -> String? {
        let images = available.enumerated().map { image($1, $0) }
        let platform = image(wanted, 0).platform!
        return PlatformChoice.choose(platform, from: images)?.platform?.description
    }

    @Test func theSamePlatformIsTaken() {
        #expect(choose("linux/amd64", ["linux/arm64", "windows/amd64", "linux/amd64"]) == "linux/amd64")
        #expect(choose("linux/amd64", ["linux/arm64", "unknown/unknown"]) == nil)
    }

    @Test func olderVariantsRunOnNewerMachines() {
        #expect(choose("linux/arm/v7", ["linux/arm/v5", "linux/arm/v6", "linux/arm/v8"]) == "linux/arm/v6")
        #expect(choose("linux/arm/v6", ["linux/arm/v7"]) == nil)
        #expect(choose("linux/arm64", ["linux/arm64/v8"]) == "linux/arm64/v8")
        #expect(choose("linux/arm64/v8", ["linux/arm64"]) == "linux/arm64")
        #expect(choose("linux/amd64", ["linux/amd64/v3", "linux/amd64"]) == "linux/amd64")
        #expect(choose("linux/amd64", ["linux/amd64/v3"]) == nil)
    }

    @Test func theErrorListsWhatThereIs() {
        let images = ["linux/arm64/v8", "unknown/unknown", "linux/amd64", "linux/amd64"].enumerated().map {
            image($1, $0)
        }
        #expect(PlatformChoice.list(images) == "linux/arm64/v8, linux/amd64")
    }
}
