import ContainerModel
import Primitives
import Testing

@testable import Supervisor

/// How file systems of volumes are mounted.
struct VolumeMountPlanTests {
    private func plan(_ type: String, _ device: String, _ options: String) throws -> String {
        try VolumeMountPlan(type: type, device: device, options: MountOptions(options)) { name in
            name == "files.example" ? "192.0.2.8" : nil
        }.description
    }

    @Test func aNetworkFileSystemGetsItsServersAddressAsANumber() throws {
        #expect(
            try plan("nfs", ":/export", "addr=files.example,nolock,soft,rw")
                == "nfs source=:/export,addr=192.0.2.8,nolock,soft")
        #expect(try plan("nfs4", ":/export", "addr=10.0.0.1,ro") == "nfs4 source=:/export,addr=10.0.0.1 (ro)")
    }

    @Test func aShareNamesItsServer() throws {
        #expect(
            try plan("cifs", "//files.example/share", "username=u,vers=3.0")
                == "cifs source=//files.example/share,username=u,vers=3.0,addr=192.0.2.8")
    }

    @Test func flagsAreThoseOfTheMountAndTheRestIsTheFileSystems() throws {
        #expect(
            try plan("tmpfs", "tmpfs", "size=1m,uid=5,noexec,nosuid,addr=x")
                == "tmpfs source=tmpfs,size=1m,uid=5,addr=x (nosuid,noexec)")
    }

    @Test func aServerWithoutAnAddressIsNamed() {
        let error = #expect(throws: GrammarError.self) { try plan("nfs", ":/x", "addr=nowhere.example") }
        #expect(error?.description == "\"nowhere.example\" has no address")
    }
}
