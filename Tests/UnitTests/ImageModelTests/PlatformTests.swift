import ImageModel
import Primitives
import Testing

struct PlatformTests {
    @Test(arguments: [
        ("linux/amd64", "linux/amd64"), ("Linux/X86_64", "linux/amd64"), ("linux/aarch64/v8", "linux/arm64/v8"),
        ("arm64", "linux/arm64"), ("windows", "windows/\(Platform.host.architecture)"),
    ])
    func aPlatformIsReadInTheWordsOfOCI(text: String, expected: String) throws {
        #expect(try Platform(parsing: text).description == expected)
    }

    @Test(arguments: ["", "linux/", "/amd64", "a/b/c/d"])
    func anythingElseIsRefused(text: String) {
        #expect(throws: GrammarError.self) { try Platform(parsing: text) }
    }

    @Test(arguments: [
        ("linux/amd64", "linux/amd64", true), ("linux/arm64", "linux/arm64/v8", true),
        ("linux/arm/v6", "linux/arm/v7", false), ("linux/arm/v7", "linux/arm", true),
        ("linux/amd64", "windows/amd64", false),
    ])
    func anImageFitsWhatIsAskedFor(actual: String, wanted: String, fits: Bool) throws {
        #expect(try Platform(parsing: actual).fits(Platform(parsing: wanted)) == fits)
    }

    @Test func anUnknownPlatformIsTried() {
        #expect(Platform(architecture: "", os: "").runsHere)
        #expect(Platform(architecture: Platform.host.architecture, os: "linux").runsHere)
        #expect(!Platform(architecture: Platform.host.architecture, os: "windows").runsHere)
        #expect(!Platform(architecture: "s390x", os: "").runsHere)
    }

    @Test(arguments: ["linux/amd64", "linux/arm/v7", "linux/arm64/v8", "windows/amd64"])
    func aPlatformIsWrittenAsItIsRead(text: String) throws {
        #expect(try Platform(parsing: text).description == text)
    }
}
