import ContainerModel
import EngineModel
import Primitives
import Testing

struct VolumeSourceTests {
    @Test func withoutOptionsItIsADirectoryOfItsOwn() throws {
        #expect(try VolumeSource(driverOptions: [:]) == .directory)
    }

    @Test func flagsBesideABindAreThoseOfTheMount() throws {
        let source = try VolumeSource(driverOptions: ["type": "none", "o": "bind,ro,nodev", "device": "/d"])
        #expect(source == .bind(device: "/d", flags: [.ro, .nodev]))
        #expect(
            try VolumeSource(driverOptions: ["o": "rbind", "device": "/d"]) == .bind(device: "/d", flags: []))
    }

    @Test func anyFileSystemKeepsWhatItAloneKnows() throws {
        let source = try VolumeSource(driverOptions: ["type": "nfs", "o": "addr=h,rw,vers=4", "device": ":/x"])
        var options = MountOptions("")
        options.flags = [.rw]
        options.others = ["addr=h", "vers=4"]
        #expect(source == .fileSystem(type: "nfs", device: ":/x", options: options))
    }

    @Test(arguments: [
        (["kind": "nfs"], "\"kind\" invalid option"),
        (["size": "1g"], "\"1g\" quota size requested but no quota support"),
        (["type": "nfs"], "\"device\" missing required option"),
        (["device": "/d", "o": "ro"], "\"type\" missing required option"),
        (["device": "/d", "o": "bind,loop"], "\"loop\" is not an option of a bind"),
    ])
    func whatTheDriverDoesNotKnowIsRefused(options: [String: String], reason: String) {
        let error = #expect(throws: GrammarError.self) { try VolumeSource(driverOptions: options) }
        #expect(error?.description == reason)
        var configuration = VolumeConfiguration(name: "v")
        configuration.driverOptions = options
        #expect(throws: EngineError.self) { try configuration.source }
    }
}
