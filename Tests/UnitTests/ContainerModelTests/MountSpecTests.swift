import ContainerModel
import Primitives
import Testing

struct MountSpecTests {
    @Test(
        arguments: [
            .bind(path: "/a", createIfMissing: true, propagation: .rshared, recursive: false),
            .bind(path: "", createIfMissing: false, propagation: nil, recursive: true),
            .volume(name: "data", path: "/v/data", subpath: "a/../b"),
            .volume(name: "data", path: "/v/data", subpath: nil),
            .generated(path: "/c/hosts"),
            .tmpfs(size: nil, mode: nil, options: []),
            .tmpfs(size: 0, mode: 0, options: ["", "uid=1"]),
            .tree(layers: ["/b", "/a"], path: "/x", scratch: "/s", writable: true),
            .secret(content: [UInt8](0...255), mode: .max, uid: .max, gid: 0, scratch: "/s"),
        ] as [MountSpec.Source])
    func everySourceSurvivesItsRecord(source: MountSpec.Source) throws {
        let mount = MountSpec(source: source, target: "/t", readOnly: true)
        #expect(try reread(mount) == mount)
    }

    @Test func aSourceIsRecordedUnderItsName() throws {
        let bind = MountSpec.Source.bind(path: "/a", createIfMissing: true, propagation: .rslave, recursive: true)
        #expect(
            try recorded(bind)["bind"] == [
                "createIfMissing": true, "path": "/a", "propagation": "rslave", "recursive": true,
            ])
        #expect(try recorded(MountSpec.Source.generated(path: "/h")) == ["generated": ["path": "/h"]])
    }

    /// Such a container could not start; its record must stay readable all the same.
    @Test func anOldRecordWithAWrongPropagationIsRead() throws {
        let old = #"{"bind":{"path":"/a","createIfMissing":false,"propagation":"sideways","recursive":true}}"#
        #expect(
            try read(old)
                == MountSpec.Source.bind(
                    path: "/a", createIfMissing: false, propagation: .rprivate, recursive: true))
    }

    @Test(
        arguments: [
            "{}", #"{"nfs":{"path":"/a"}}"#, #"{"generated":{}}"#, #"{"generated":{"path":null}}"#,
            #"{"generated":{"path":"/a"},"tmpfs":{"options":[]}}"#,
            #"{"secret":{"content":[256],"mode":0,"uid":0,"gid":0,"scratch":"/s"}}"#,
            #"{"secret":{"content":[],"mode":-1,"uid":0,"gid":0,"scratch":"/s"}}"#,
            #"{"tmpfs":{"size":-1,"options":[]}}"#, #"{"tmpfs":{"size":1.5,"options":[]}}"#,
        ])
    func aSourceThatIsNoneOrTwoIsRefused(text: String) {
        #expect(throws: DecodingError.self) { try read(text, as: MountSpec.Source.self) }
    }
}
