internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Passes a process's output on to the caller's descriptors until the process has ended and its output with it.
///
/// The process writes into pipes: it never gets the caller's terminal or files themselves.
struct OutputRelay: ~Copyable {
    /// What is read from and where it goes.
    private var sources: [Int32] = []
    private var destinations: [Int32] = []

    /// How long after the process's end a silent pipe that something in the background holds open is waited for.
    private static let patience: Int32 = 100

    /// The writing end for the process; nil for no `destination`.
    mutating func pipe(to destination: Int32?) throws(Errno) -> Descriptor? {
        guard let destination else { return nil }
        let pipe = try Descriptor.pipe()
        let (read, write) = (pipe.read.take(), pipe.write.take())
        sources.append(read)
        destinations.append(destination)
        return Descriptor(owning: write)
    }

    /// Copies until all pipes are closed, or until `pidfd`'s process has ended and its pipes are silent.
    func run(pidfd: Int32) {
        var watched = sources.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        watched.append(pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0))
        var buffer = [UInt8](repeating: 0, count: 65536)
        var ended = false
        while watched.dropLast().contains(where: { $0.fd >= 0 }) {
            let count = poll(&watched, nfds_t(watched.count), ended ? Self.patience : -1)
            if count == 0 || (count < 0 && errno != EINTR) { return }
            if watched[sources.count].revents != 0 {
                ended = true
                watched[sources.count].fd = -1
            }
            for index in sources.indices where watched[index].revents != 0 {
                let length = read(sources[index], &buffer, buffer.count)
                if length <= 0 {
                    watched[index].fd = -1
                } else {
                    StreamRelay.write(buffer, length, to: destinations[index])
                }
            }
        }
    }

    deinit {
        for fd in sources { close(fd) }
    }
}
