internal import CLinux
internal import ContainerRuntime
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// A container's standard streams from our side.
///
/// Output goes through FIFOs in the container's directory that the container holds open for reading and writing: it never
/// meets a closed pipe, whatever happens to us. The keeper holds them too, so that what was written last is still there
/// when the container has ended and no supervisor lives.
struct StandardStreams: ~Copyable {
    static let outputs: [(name: String, kind: LogHeader.Kind)] = [("stdout", .output), ("stderr", .error)]

    /// What the container gets: input, output, error.
    let containerInput: SharedDescriptor?
    let containerOutput: Descriptor
    let containerError: Descriptor
    /// The writing end of the container's input.
    let input: SharedDescriptor?

    static func path(_ directory: String, _ name: String) -> String { "\(directory)/\(name)" }

    /// Key of a descriptor that the keeper holds.
    static func key(_ container: String, _ name: String) -> String { "\(container)/\(name)" }

    /// Makes fresh FIFOs in the container's directory and, with `input`, a pipe for its standard input.
    init(directory: String, input wantsInput: Bool) throws(Errno) {
        var ends: (read: SharedDescriptor, write: SharedDescriptor)?
        if wantsInput {
            let pipe = try Descriptor.pipe()
            ends = (SharedDescriptor(pipe.read), SharedDescriptor(pipe.write))
        }
        let output = try Self.makeFIFO(Self.path(directory, "stdout"))
        let error = try Self.makeFIFO(Self.path(directory, "stderr"))
        containerInput = ends?.read
        input = ends?.write
        containerOutput = output
        containerError = error
    }

    /// Where a running container's terminal or standard input is written to; nil if it takes none.
    static func keptInput(of container: String, _ keeper: Keeper) -> SharedDescriptor? {
        for name in ["terminal", "stdin"] {
            if let kept = try? keeper.keptDescriptor(key(container, name)) { return SharedDescriptor(kept) }
        }
        return nil
    }

    /// The reading end of an output FIFO.
    static func openOutput(_ directory: String, _ name: String) throws(Errno) -> Descriptor {
        try Descriptor.open(path(directory, name), O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
    }

    static func remove(_ directory: String) {
        for output in outputs { unlink(path(directory, output.name)) }
    }

    /// A program may open `/dev/stdout` again, whatever user it runs as: hence 0666, in a directory nobody else enters.
    private static func makeFIFO(_ path: String) throws(Errno) -> Descriptor {
        unlink(path)
        try systemCall { mkfifo(path, 0o600) }
        try systemCall { chmod(path, 0o666) }
        let fifo = try Descriptor.open(path, O_RDWR | O_NOFOLLOW)
        _ = clinux_set_pipe_size(fifo.raw, 1 << 20)
        return fifo
    }
}
