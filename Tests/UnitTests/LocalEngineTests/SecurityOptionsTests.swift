import ContainerModel
import EngineModel
import Testing

@testable import LocalEngine

struct SecurityOptionsTests {
    @Test(arguments: ["no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"])
    func noNewPrivilegesIsUnderstoodInAllSpellings(option: String) throws {
        #expect(try SecurityOptions([option], container: "c").noNewPrivileges)
    }

    @Test func aSeccompProfileIsPassedOnAsText() throws {
        let options = try SecurityOptions(["seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\"}"], container: "c")
        #expect(options.seccomp == .profile("{\"defaultAction\":\"SCMP_ACT_ALLOW\"}"))
        #expect(try SecurityOptions(["seccomp:unconfined"], container: "c").seccomp == .unconfined)
    }

    @Test func labelsMeanNothingWithoutSELinux() throws {
        #expect(try SecurityOptions(["label=disable"], container: "c") == SecurityOptions([], container: "c"))
    }

    @Test(arguments: ["nonsense", "no-new-privileges=maybe"])
    func whatIsNotUnderstoodIsRefused(option: String) {
        #expect(throws: EngineError.self) { try SecurityOptions([option], container: "c") }
    }
}
