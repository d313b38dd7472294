import ComposeModel
import Primitives
import Testing

struct ShortFormTests {
    @Test func aPortOfTheShortFormIsSpelledInTheLongOne() throws {
        let mapping = try #require(try PortMapping.parse("[::1]:8000-8010:80/udp").mappings.first)
        let port = PortConfig(mapping)
        #expect(port.mapping == .success(mapping))
        #expect((port.spelling.hostIP, port.spelling.published) == ("::1", "8000-8010"))
        #expect((port.spelling.target, port.spelling.transport, port.mode) == (80, "udp", "ingress"))
    }

    @Test func aSpellingThatMeansNoPortSaysWhy() {
        var spelling = PortConfig.Spelling()
        spelling.target = 70000
        #expect(throws: GrammarError.self) { try PortConfig(spelling).mapping.get() }
    }

    @Test func aMountOfTheShortFormIsABindOrAVolume() throws {
        let bind = ServiceVolume(try VolumeMapping("/s:/t:ro,rslave"))
        #expect((bind.kind, bind.source, bind.target, bind.readOnly) == (.bind, "/s", "/t", true))
        #expect((bind.bind?.propagation, bind.bind?.selinux, bind.createsHostPath) == (.rslave, nil, true))
        let named = ServiceVolume(try VolumeMapping("data:/t:nocopy,z"))
        #expect((named.kind, named.source, named.volume?.nocopy) == (.volume, "data", true))
        #expect((named.bind?.selinux, named.bind?.createHostPath) == (.shared, false))
        let anonymous = ServiceVolume(try VolumeMapping("/t"))
        #expect((anonymous.kind, anonymous.source, anonymous.bind) == (.volume, nil, nil))
    }
}
