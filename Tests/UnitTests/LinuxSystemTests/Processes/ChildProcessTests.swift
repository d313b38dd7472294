import Glibc
import LinuxSystem
import SystemPackage
import Testing

struct ChildProcessTests {
    private let environment = ["PATH": "/usr/bin:/bin", "WORD": "from here"]

    /// What `sh -c SCRIPT` writes, and how it ends.
    private func run(
        _ script: String, _ change: (inout ProgramLaunch) -> Void = { _ in }
    ) throws -> (output: String, code: Int32) {
        let output = try Descriptor.pipe()
        var launch = ProgramLaunch("sh", environment: environment)
        launch.output = .descriptor(output.write.raw)
        launch.errors = .nothing
        change(&launch)
        let child = try launch.start(["-c", script])
        close(output.write.take())
        let bytes = try output.read.readAll()
        return (String(decoding: bytes, as: UTF8.self), child.wait())
    }

    @Test func itHasItsOwnEnvironmentAndNothingElse() throws {
        let (output, code) = try run("env | grep -cE '^(HOME|USER)='; printf %s \"$WORD\"")
        #expect(output == "0\nfrom here")
        #expect(code == 0)
    }

    @Test func itsExitCodeIsKnown() throws {
        #expect(try run("exit 7").code == 7)
    }

    @Test func aSignalIsAnExitCodeBeyond128() throws {
        #expect(try run("kill -TERM $$").code == 128 + SIGTERM)
    }

    @Test func whatIsNotInThePathIsMissing() {
        #expect(throws: Errno.noSuchFileOrDirectory) {
            try ProgramLaunch("no-such-program", environment: environment).start([]).wait()
        }
    }

    @Test func aFileCanHaveAnotherName() throws {
        let output = try Descriptor.pipe()
        var launch = ProgramLaunch(path: "/bin/sh", name: "shell", environment: [:])
        launch.output = .descriptor(output.write.raw)
        let child = try launch.start(["-c", "printf %s \"$0\""])
        close(output.write.take())
        #expect(try output.read.readAll() == Array("shell".utf8))
        #expect(child.wait() == 0)
    }

    @Test func itReadsWhatIsWritten() throws {
        let input = try Descriptor.pipe()
        let reader = input.read.raw
        try input.write.writeAll(Array("a line\n".utf8))
        let (output, _) = try run("read line; printf %s \"$line\"") { $0.input = .descriptor(reader) }
        #expect(output == "a line")
    }

    @Test func withoutInputItReadsNothing() throws {
        #expect(try run("cat; echo end").output == "end\n")
    }

    @Test func moreDescriptorsHaveTheNumbersThatWereGiven() throws {
        let pipe = try Descriptor.pipe()
        let writer = pipe.write.raw
        _ = try run("printf third >&3") { $0.descriptors = [(number: 3, ours: writer)] }
        close(pipe.write.take())
        #expect(try pipe.read.readAll() == Array("third".utf8))
    }

    @Test func descriptorsThatAreNotNamedStayHere() throws {
        let pipe = try Descriptor.pipe()
        let (output, _) = try run("[ -e /proc/self/fd/\(pipe.write.raw) ] && echo there || echo gone")
        #expect(output == "gone\n")
        #expect(pipe.read.raw >= 0)
    }

    @Test func aGroupOfItsOwnIsNotOurs() throws {
        let group = "cut -d ' ' -f 5 /proc/self/stat"
        #expect(try run(group).output == "\(getpgrp())\n")
        #expect(try run(group) { $0.group = .own }.output != "\(getpgrp())\n")
    }

    @Test func aSessionOfItsOwnIsNotOurs() throws {
        let session = "cut -d ' ' -f 6 /proc/self/stat"
        #expect(try run(session).output == "\(getsid(0))\n")
        #expect(try run(session) { $0.group = .session }.output != "\(getsid(0))\n")
    }

    @Test func aLockOfAnotherProcessIsSeenAndEndsWithIt() throws {
        let directory = try TestDirectory()
        let path = directory.path + "/lock"
        let input = try Descriptor.pipe()
        let output = try Descriptor.pipe()
        var launch = ProgramLaunch("flock", environment: environment)
        launch.input = .descriptor(input.read.raw)
        launch.output = .descriptor(output.write.raw)
        let child = try launch.start([path, "sh", "-c", "echo locked; read line"])
        close(output.write.take())
        #expect(try output.read.read(upTo: 100) == Array("locked\n".utf8))
        #expect(try !isFree(path))
        #expect(kill(child.pid, SIGKILL) == 0)
        close(input.write.take())
        _ = child.wait()
        // Its shell has the lock, too, until it has seen the end of its input.
        let lock = try FileLock(path, deadline: patience())
        let isMine = lock != nil
        #expect(isMine)
    }

    private func isFree(_ path: String) throws -> Bool {
        let lock = try FileLock(ifFree: path)
        return lock != nil
    }
}
