import ContainerModel
import EngineModel
import Glibc
import LinuxSystem
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

    @Test func aSeccompProfileIsReadFromItsFile() throws {
        let path = "/tmp/compose-seccomp-test-\(getpid())-\(monotonicNanoseconds())"
        try Files.replace(path, with: Array("{\"defaultAction\":\"SCMP_ACT_ALLOW\"}".utf8))
        defer { unlink(path) }
        let options = try SecurityOptions(["seccomp=\(path)"], container: "c")
        #expect(options.seccomp == .profile("{\"defaultAction\":\"SCMP_ACT_ALLOW\"}"))
        let error = #expect(throws: EngineError.self) { try SecurityOptions(["seccomp=\(path).no"], container: "c") }
        #expect(error?.description.contains("seccomp profile \(path).no cannot be read: no such file") == true)
    }

    @Test func labelsMeanNothingWithoutSELinux() throws {
        #expect(try SecurityOptions(["label=disable"], container: "c") == SecurityOptions([], container: "c"))
    }

    @Test(arguments: ["nonsense", "no-new-privileges=maybe"])
    func whatIsNotUnderstoodIsRefused(option: String) {
        #expect(throws: EngineError.self) { try SecurityOptions([option], container: "c") }
    }
}
