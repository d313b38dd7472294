import Primitives
import Testing

struct VolumeMappingTests {
    @Test(
        arguments: [
            ("/t", .anonymous, "/t"), ("t", .anonymous, "t"), (":t", .anonymous, ":t"),
            ("data:/t", .volume("data"), "/t"),
            ("./d:/t", .path("./d"), "/t"), ("~/d:/t", .path("~/d"), "/t"), ("/d:/t", .path("/d"), "/t"),
            ("..:/t", .path(".."), "/t"), ("data/x:/x", .volume("data/x"), "/x"), ("v:/data", .anonymous, "v:/data"),
            ("C:\\d:/t", .path("C:\\d"), "/t"), ("D:/y:/z:ro", .path("D:/y"), "/z"),
            ("\\\\srv\\d:/t", .path("\\\\srv\\d"), "/t"),
            ("${A:-/x}:/t", .volume("${A:-/x}"), "/t"), ("data:/a b", .volume("data"), "/a b"),
        ] as [(String, VolumeMapping.Source, String)])
    func sourceAndTargetAreRead(text: String, source: VolumeMapping.Source, target: String) throws {
        let mapping = try VolumeMapping(text)
        #expect(mapping.source == source)
        #expect(mapping.target == target)
    }

    @Test func optionsAreTyped() throws {
        let bind = try VolumeMapping("./d:/t:ro,z,rslave")
        #expect(bind.isBind && bind.readOnly && !bind.noCopy)
        #expect((bind.selinux, bind.propagation) == (.shared, .rslave))
        let named = try VolumeMapping("data:/t:nocopy,Z")
        #expect(!named.isBind && named.noCopy && !named.readOnly)
        #expect((named.selinux, named.propagation) == (.private, nil))
    }

    @Test func theLastOfTwoOptionsWins() throws {
        #expect(try !VolumeMapping("data:/t:ro,rw").readOnly)
        #expect(try VolumeMapping("data:/t:shared,private").propagation == .private)
    }

    @Test func unknownOptionsAreIgnored() throws {
        #expect(try VolumeMapping("data:/t:cached,U,ro").readOnly)
    }

    @Test(arguments: [
        ("", 0), ("a1::/b", 3), ("data:/t:", 8), (":/t:ro", 0), ("aa:bb:cc:dd", 8), ("aa:bb:cc:", 8),
    ])
    func whatIsNotAMountIsRefusedAtItsPlace(text: String, offset: Int) {
        let error = #expect(throws: GrammarError.self) { try VolumeMapping(text) }
        #expect(error?.text == text)
        #expect(error?.offset == offset)
    }
}
