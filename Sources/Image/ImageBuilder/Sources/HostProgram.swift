internal import CLinux
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// A program of the host, run to its end with nothing on its standard input.
struct HostProgram {
    var name: String
    var environment: [String: String]
    var cancellation: Cancellation

    struct Result {
        var code: Int32
        /// Standard output, at most 1 MiB.
        var output: [UInt8]
        /// Standard error, at most 1 MiB.
        var errors: String
    }

    /// Runs `name` with these arguments in a process group of its own, which a cancellation kills.
    ///
    /// - Throws: ENOENT when there is no such program in `PATH`.
    func run(_ arguments: [String]) throws(Errno) -> Result {
        let output = try Descriptor.pipe()
        let errors = try Descriptor.pipe()
        let process = try start(arguments, input: .nothing, output: output.write.raw, errors: errors.write.raw)
        close(output.write.take())
        close(errors.write.take())
        let pid = process.pid
        let token = cancellation.onCancel { kill(-pid, SIGKILL) }
        defer { cancellation.forget(token) }
        var texts: [[UInt8]] = [[], []]
        var ends = [
            pollfd(fd: output.read.take(), events: Int16(POLLIN), revents: 0),
            pollfd(fd: errors.read.take(), events: Int16(POLLIN), revents: 0),
        ]
        var buffer = [UInt8](repeating: 0, count: 65536)
        while ends.contains(where: { $0.fd >= 0 }) {
            if poll(&ends, 2, -1) < 0 && errno != EINTR { break }
            for index in ends.indices where ends[index].fd >= 0 && ends[index].revents != 0 {
                let count = read(ends[index].fd, &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 {
                    close(ends[index].fd)
                    ends[index].fd = -1
                } else if texts[index].count < 1 << 20 {
                    texts[index] += buffer[..<count]
                }
            }
        }
        for end in ends where end.fd >= 0 { close(end.fd) }
        return Result(code: process.wait(), output: texts[0], errors: String(decoding: texts[1], as: UTF8.self))
    }

    /// Starts `name` in a process group of its own; the caller waits for it.
    ///
    /// - Parameter newSession: without a terminal that it could ask at.
    func start(
        _ arguments: [String], input: ProgramLaunch.Stream, output: Int32, errors: Int32, newSession: Bool = false
    ) throws(Errno) -> ChildProcess {
        var launch = ProgramLaunch(name, environment: environment)
        launch.input = input
        launch.output = .descriptor(output)
        launch.errors = .descriptor(errors)
        launch.group = newSession ? .session : .own
        return try launch.start(arguments)
    }
}
