import FoundationEssentials
import Primitives
import Testing

struct MountPropagationTests {
    @Test func onlySharedMountsPassToTheHost() {
        #expect(MountPropagation.allCases.filter(\.isShared) == [.shared, .rshared])
    }

    @Test func recordsOfEarlierVersionsAreRead() throws {
        let read = try JSONDecoder().decode([MountPropagation].self, from: Data(#"["rslave","sideways"]"#.utf8))
        #expect(read == [.rslave, .rprivate])
        #expect(String(decoding: try JSONEncoder().encode([MountPropagation.rslave]), as: UTF8.self) == #"["rslave"]"#)
    }

    @Test func labelsAreRecordedAsTheirLetters() throws {
        let read = try JSONDecoder().decode([SELinuxLabel].self, from: Data(#"["z","Z"]"#.utf8))
        #expect(read == [.shared, .private])
    }
}
