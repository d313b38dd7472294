internal import CLinux
internal import Glibc
public import LinuxSystem
internal import Primitives
internal import SystemPackage

/// What the proxies of a process may spend of its descriptors, so that strangers who connect never use up those that
/// containers need: half of them, shared by all ports.
///
/// A connection takes two descriptors, and two more for a pipe only while bytes are in it. One source gets half of the
/// connections at most, so that there is room for others.
@LoopActor
public final class ProxyBudget {
    /// Connections, and clients of UDP, at a time.
    let connections: Int
    /// Those of one address.
    var connectionsOfSource: Int { max(1, connections / 2) }
    /// Pipes at a time.
    private let pipes: Int

    private(set) var used = 0
    private var usedBySource: [IPAddress: Int] = [:]
    private(set) var pipesMade = 0
    private var idlePipes: [RelayPipe] = []

    /// Idle pipes kept for the next bytes.
    private static let kept = 32

    /// - Parameter descriptors: the process may have this many (RLIMIT_NOFILE).
    public nonisolated init(descriptors: Int) {
        connections = max(8, descriptors / 8)
        pipes = max(8, descriptors / 8)
    }

    /// That of this process's limit (getrlimit(2)).
    public nonisolated convenience init() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        self.init(descriptors: Int(clamping: min(limit.rlim_cur, 1 << 20)))
    }

    /// Room for one more of this source, which ``release(_:)`` gives back.
    func admit(_ source: IPAddress) -> Bool {
        let source = Self.party(of: source)
        guard used < connections, usedBySource[source, default: 0] < connectionsOfSource else { return false }
        used += 1
        usedBySource[source, default: 0] += 1
        return true
    }

    func release(_ source: IPAddress) {
        let source = Self.party(of: source)
        used -= 1
        let left = usedBySource[source, default: 1] - 1
        usedBySource[source] = left > 0 ? left : nil
    }

    /// Whoever has one address of an IPv6 network has as a rule 2^64 of them.
    private static func party(of source: IPAddress) -> IPAddress {
        switch source {
        case .v4: source
        case .v6(let address): .v6(IPv6Address(high: address.high, low: 0))
        }
    }

    /// An empty pipe, from another connection as a rule; nil when there are none left.
    func takePipe() -> RelayPipe? {
        if let pipe = idlePipes.popLast() { return pipe }
        guard pipesMade < pipes, let pipe = try? RelayPipe() else { return nil }
        pipesMade += 1
        return pipe
    }

    /// Takes a pipe back. One with bytes that nobody wants any more is closed.
    func give(_ pipe: RelayPipe, isEmpty: Bool) {
        if isEmpty, idlePipes.count < Self.kept { idlePipes.append(pipe) } else { pipesMade -= 1 }
    }
}

/// A pipe inside the kernel for bytes on their way (splice(2)).
final class RelayPipe: Sendable {
    /// Moved at a time; also the pipe's size, as far as the kernel grants it.
    static let chunk = 256 * 1024

    let ends: Pipe

    init() throws(Errno) {
        ends = try Descriptor.pipe()
        _ = clinux_set_pipe_size(ends.write.raw, Int32(Self.chunk))
    }
}
