import ImageModel
import Testing

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
