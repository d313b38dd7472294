import ImageModel
import Primitives
import Testing

struct ImageReferenceTests {
    @Test(arguments: [
        ("redis", "docker.io/library/redis:latest", "redis:latest"),
        ("redis:7", "docker.io/library/redis:7", "redis:7"),
        ("bitnami/redis", "docker.io/bitnami/redis:latest", "bitnami/redis:latest"),
        ("index.docker.io/library/a", "docker.io/library/a:latest", "a:latest"),
        ("localhost/a/b:1.0_x", "localhost/a/b:1.0_x", "localhost/a/b:1.0_x"),
        ("reg.example:5000/a__b/c-d", "reg.example:5000/a__b/c-d:latest", "reg.example:5000/a__b/c-d:latest"),
    ])
    func aReferenceGetsDockersDefaults(text: String, full: String, familiar: String) throws {
        let reference = try ImageReference(text).withDefaultTag
        #expect(reference.description == full)
        #expect(reference.familiar == familiar)
    }

    @Test func aDigestStandsBesideATag() throws {
        let digest = "sha256:" + String(repeating: "0a", count: 32)
        let reference = try ImageReference("redis:7@\(digest)")
        #expect(reference.tag == "7")
        #expect(reference.withDefaultTag.description == "docker.io/library/redis:7@\(digest)")
    }

    @Test(arguments: [
        "", "UPPER", "a b", "a:", "a:-x", "a//b", "/a", "a/", "a..b", "a___b", "-a", "a@sha256:1", "a@md5:00", "../a",
        "a:\(String(repeating: "x", count: 129))", "ho_st.example/a", "host:port/a",
    ])
    func aMalformedReferenceIsRefused(text: String) {
        #expect(throws: ImageFormatError.self) { try ImageReference(text) }
    }

    @Test(arguments: ["sha256:../../etc", "sha256:", "sha256:" + String(repeating: "A", count: 64), "sha512:00", ":"])
    func onlyAProperDigestIsOne(text: String) {
        #expect(throws: ImageFormatError.self) { try Digest(text) }
    }

    @Test(
        arguments: [
            ("redis@DIGEST", "redis"), ("docker.io/library/redis:7", "redis"),
            ("docker.io/bitnami/redis", "bitnami/redis"),
            ("Host/a:1", "Host/a"), ("localhost:5000/a", "localhost:5000/a"),
        ])
    func theFamiliarNameHasNeitherTagNorDigest(text: String, name: String) throws {
        let reference = try ImageReference(
            text.replacing("DIGEST", with: "sha256:" + String(repeating: "0", count: 64)))
        #expect(reference.familiarName == name)
        #expect(reference.familiar.hasPrefix(name))
    }

    @Test func withoutItsDigestAReferenceKeepsItsTag() throws {
        let digest = "sha256:" + String(repeating: "0a", count: 32)
        #expect(try ImageReference("a:1@\(digest)").withoutDigest.description == "docker.io/library/a:1")
        let bare = try ImageReference("a@\(digest)")
        #expect(bare.withDefaultTag == bare)
        #expect(bare.withoutDigest.withDefaultTag.description == "docker.io/library/a:latest")
    }

    /// The first part is a host only if it looks like one.
    @Test(
        arguments: [
            ("a/b", "docker.io", "a/b"), ("a.b/c", "a.b", "c"), ("a:1/c", "a:1", "c"),
            ("localhost/c", "localhost", "c"),
            ("HOST/c", "HOST", "c"), ("docker.io/c", "docker.io", "library/c"),
            ("index.docker.io/a/b", "docker.io", "a/b"),
        ])
    func aHostIsToldFromAPath(text: String, domain: String, path: String) throws {
        let reference = try ImageReference(text)
        #expect(reference.domain == domain && reference.path == path)
    }

    @Test func theLongestNameAndTagAreThoseOfTheGrammar() throws {
        let path = String(repeating: "a", count: 254 - "host.example".utf8.count)
        #expect(try ImageReference("host.example/\(path)").path == path)
        #expect(throws: ImageFormatError.self) { try ImageReference("host.example/\(path)a") }
        let tag = String(repeating: "x", count: 128)
        #expect(try ImageReference("a:\(tag)").tag == tag)
    }

    @Test(arguments: [
        "a.b-/c", "-a.b/c", "a..b/c", "a.b:123456/c", "a.b:/c", "ä.b/c", "a/b@", "a\u{0}", "a:b:c", "a@x@y",
    ])
    func anotherHostOrEndIsRefused(text: String) {
        let error = #expect(throws: ImageFormatError.self) { try ImageReference(text) }
        #expect(error?.category == .invalid)
    }
}
