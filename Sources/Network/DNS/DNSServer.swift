public import LinuxSystem
public import SystemPackage

/// The name service of many containers: one table, and two sockets in the namespace of each.
///
/// Answers from the table; asks for the rest the container's own servers from its network namespace, or the host's from
/// that of the loop's thread. What is public may be called from any thread.
public final class DNSServer: Sendable {
    let loop: EventLoop
    let forwarder: Forwarder
    @LoopActor private var table = NameTable()
    @LoopActor private var rotation = 0

    /// - Parameter resolvConf: path of the host's resolv.conf(5); it is read again when it changes.
    public init(loop: EventLoop, resolvConf: String = "/etc/resolv.conf") {
        self.loop = loop
        forwarder = Forwarder(loop: loop, host: HostResolver(path: resolvConf))
    }

    /// Replaces all names of a container.
    public func setNames(of container: String, _ records: [NameRecord]) {
        LoopActor.sync { table.set(records, of: container) }
    }

    /// The container's names do not exist any more: asking for them gives NXDOMAIN at once.
    public func removeNames(of container: String) {
        LoopActor.sync { table.remove(container) }
    }

    /// Starts answering on `sockets`; ``NameService/stop()`` ends it.
    public func serve(_ sockets: ResolverSockets, for client: ResolverClient) throws(Errno) -> NameService {
        try LoopActor.sync { () throws(Errno) in
            let service = NameService(server: self, sockets: sockets, client: client)
            try service.start()
            return service
        }
    }

    @LoopActor
    func answer(_ query: Query, for client: ResolverClient) -> Answer {
        table.answer(query.name, type: query.type, recordClass: query.recordClass, for: client)
    }

    /// Which of several addresses comes first this time.
    @LoopActor
    func nextRotation() -> Int {
        defer { rotation = (rotation &+ 1) & Int.max }
        return rotation
    }
}
