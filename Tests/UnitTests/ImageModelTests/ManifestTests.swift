import FoundationEssentials
import ImageModel
import Testing

struct ManifestTests {
    private static let digest = "sha256:" + String(repeating: "ab", count: 32)
    private static let blob = #"{"digest":"\#(digest)","size":1}"#

    private func blobs(_ count: Int) -> String {
        "[" + Array(repeating: Self.blob, count: count).joined(separator: ",") + "]"
    }

    private func read(_ text: String) throws -> ManifestDocument { try ManifestDocument(json: Array(text.utf8)) }

    @Test func layersKeepTheirOrderAndWhatIsSaidOfThem() throws {
        let other = "sha256:" + String(repeating: "cd", count: 32)
        let text = """
            {"schemaVersion":2,"config":\(Self.blob),"layers":[\(Self.blob),
            {"digest":"\(other)","size":9223372036854775807,"mediaType":"t","annotations":{"k":""},"urls":["x"]}]}
            """
        let last = BlobDescriptor(mediaType: "t", digest: try Digest(other), size: .max, annotations: ["k": ""])
        guard case .manifest(let configuration, let layers) = try read(text) else {
            Issue.record("it is not read as a manifest")
            return
        }
        #expect(configuration == BlobDescriptor(mediaType: nil, digest: try Digest(Self.digest), size: 1))
        #expect(layers == [configuration, last])
    }

    @Test func anIndexSaysForWhichPlatformAnImageIs() throws {
        let platform = #""platform":{"os":"linux","architecture":"arm","variant":"v7","os.version":"x"}"#
        guard case .index(let images) = try read(#"{"manifests":[{"digest":"\#(Self.digest)","size":0,\#(platform)}]}"#)
        else {
            Issue.record("it is not read as an index")
            return
        }
        #expect(images.map(\.platform) == [Platform(architecture: "arm", os: "linux", variant: "v7")])
    }

    @Test func anIndexOfNothingIsOne() throws {
        #expect(try read(#"{"manifests":[]}"#) == .index([]))
    }

    @Test func theNumberOfLayersAndImagesIsLimited() throws {
        #expect(throws: Never.self) { try read(#"{"config":\#(Self.blob),"layers":\#(blobs(512))}"#) }
        #expect(throws: ImageFormatError.self) { try read(#"{"config":\#(Self.blob),"layers":\#(blobs(513))}"#) }
        #expect(throws: Never.self) { try read(#"{"manifests":\#(blobs(4096))}"#) }
        #expect(throws: ImageFormatError.self) { try read(#"{"manifests":\#(blobs(4097))}"#) }
    }

    @Test(
        arguments: [
            "", "{}", "[]", "null", "{", #"{"layers":[]}"#, #"{"config":null,"layers":[]}"#, #"{"manifests":{}}"#,
            #"{"manifests":[null]}"#, #"{"manifests":[{"size":1}]}"#,
            #"{"manifests":[{"digest":"sha256:0","size":1}]}"#,
            #"{"schemaVersion":1,"fsLayers":[]}"#,
        ])
    func anotherDocumentIsRefused(text: String) {
        #expect(throws: ImageFormatError.self) { try read(text) }
    }

    @Test func aDocumentBeyondTheLimitIsNotEvenParsed() {
        let text = #"{"manifests":[]}"# + String(repeating: " ", count: 4 << 20)
        let error = #expect(throws: ImageFormatError.self) { try read(text) }
        #expect(error?.code == .tooLarge)
    }

    @Test(
        arguments: [
            (#"{"mediaType":"application/x"}"#, "application/x"), (#"{"manifests":[]}"#, MediaType.index),
            (#"{"config":1}"#, MediaType.manifest), ("not JSON", MediaType.manifest),
        ])
    func aDocumentHasTheTypeThatItStatesOrLooksLike(text: String, type: String) {
        #expect(ManifestDocument.mediaType(of: Array(text.utf8)) == type)
    }

    @Test func theListOfASavedArchiveMayHaveImagesWithoutNames() throws {
        let text = """
            [{"Config":"a.json","RepoTags":null,"Layers":["1/layer.tar","2/layer.tar"]},
            {"Config":"b.json","RepoTags":["x:1","y:2"],"Layers":[],"Parent":"z"}]
            """
        let images = try SavedImage.list(json: Array(text.utf8))
        #expect(images.map(\.configuration) == ["a.json", "b.json"])
        #expect(images.map(\.names) == [nil, ["x:1", "y:2"]])
        #expect(images[0].layers == ["1/layer.tar", "2/layer.tar"])
        #expect(throws: ImageFormatError.self) { try SavedImage.list(json: Array("{}".utf8)) }
    }

    @Test func aDigestIsRecordedAsItIsWritten() throws {
        let digest = try Digest(Self.digest)
        #expect(digest.description == Self.digest)
        let data = try JSONEncoder().encode([digest])
        #expect(String(decoding: data, as: UTF8.self) == "[\"\(Self.digest)\"]")
        #expect(try JSONDecoder().decode([Digest].self, from: data) == [digest])
    }

    @Test(
        arguments: [
            String(repeating: "0", count: 63), String(repeating: "0", count: 65), String(repeating: "A", count: 64),
            String(repeating: "g", count: 64), String(repeating: "０", count: 64), "",
        ])
    func onlySixtyFourLowerCaseDigitsAreADigest(hex: String) {
        #expect(Digest(hex: hex) == nil)
    }
}
