public import ContainerModel
public import Primitives

/// What a Compose program needs from a container engine.
///
/// `LocalEngine` is the product's own; others can stand behind the same protocol. Every function blocks the calling
/// thread until the work is done and may be called from any thread, several at a time. Names and ids are both accepted
/// where a container, network, volume or image is named.
public protocol Engine: Sendable {
    // MARK: Looking

    /// The containers with all of `labels` (a value of nil: any), stopped ones included, in order of creation.
    func containers(labels: [String: String?]) throws(EngineError) -> [Container]
    func networks(labels: [String: String?]) throws(EngineError) -> [Network]
    func volumes(labels: [String: String?]) throws(EngineError) -> [Volume]
    func container(_ container: String) throws(EngineError) -> Container
    /// nil if there is none of that name.
    func network(named name: String) throws(EngineError) -> Network?
    func volume(named name: String) throws(EngineError) -> Volume?
    /// nil if it is not here.
    func image(_ reference: String) throws(EngineError) -> Image?

    // MARK: Order

    /// What on this host does not fit to the engine's record.
    func findings() throws(EngineError) -> [Finding]
    /// Removes those of ``findings()`` that nobody can want back, and returns them.
    func reconcile() throws(EngineError) -> [Finding]

    // MARK: Commands side by side

    /// The right to change a project: of several commands one has it, the others wait for their turn.
    ///
    /// - Parameters:
    ///   - command: what those who wait are told.
    ///   - waiting: called once if it takes more than a second, with who has the right; nil if that is not known.
    /// - Throws: `.cancelled`.
    func holdProject(
        _ project: String, for command: String, cancellation: Cancellation, waiting: (ProjectWork?) -> Void
    ) throws(EngineError) -> EngineHold
    /// Keeps the images that are looked up, pulled and built by this process from now on from being pruned.
    func holdImages() throws(EngineError) -> EngineHold

    // MARK: Networks, volumes, images

    func createNetwork(_ configuration: NetworkConfiguration) throws(EngineError)
    /// What works less well than it should in networks and containers that were made since the last call, each only once.
    func takeWarnings() -> [String]
    /// Makes what the running containers of a project have of the host's networks as it was when they were started,
    /// whatever somebody else did to bridges, packet rules, interfaces and routes.
    func mendNetworks(of project: String) throws(EngineError)
    /// Fails with `.inUse` while containers are attached.
    func removeNetwork(_ name: String) throws(EngineError)
    /// Puts a container into one more network, at once if it runs. Fails with `.conflict` if it is in there already.
    func connect(_ container: String, _ attachment: NetworkAttachment) throws(EngineError)
    /// Takes a container out of a network, at once if it runs. Fails with `.notFound` if it is not in there.
    func disconnect(_ container: String, from network: String) throws(EngineError)
    func createVolume(_ configuration: VolumeConfiguration) throws(EngineError)
    /// Fails with `.inUse` while containers have it.
    func removeVolume(_ name: String) throws(EngineError)
    func removeImage(_ reference: String, force: Bool) throws(EngineError)

    // MARK: Containers

    /// Makes a container without starting it and returns its id. Its image must be here.
    func createContainer(_ configuration: ContainerConfiguration) throws(EngineError) -> String
    /// Returns once the program has been executed. Starting a running container does nothing.
    func startContainer(_ container: String, attach: AttachedStreams?) throws(EngineError)
    /// Joins the caller's streams to a running container; ``waitForExit(_:cancellation:)`` returns after all output.
    func attachContainer(_ container: String, _ streams: AttachedStreams) throws(EngineError)
    /// Sends the stop signal, waits, and kills. `timeout` in seconds, nil: the container's own; -1: for ever.
    func stopContainer(_ container: String, timeout: Int?) throws(EngineError)
    func restartContainer(_ container: String, timeout: Int?) throws(EngineError)
    func killContainer(_ container: String, signal: String) throws(EngineError)
    func pauseContainer(_ container: String) throws(EngineError)
    func unpauseContainer(_ container: String) throws(EngineError)
    /// Pauses a container for as long as the value lives, and no longer than this process.
    func holdContainer(_ container: String) throws(EngineError) -> EngineHold
    /// Lets a container on standby (``ContainerConfiguration/standby``) that runs do the work of another one of its
    /// project, which is on standby from then on: names and published ports lead to it. Ports that both ask for are never
    /// closed. Does nothing if it is not on standby.
    func handOver(from old: String, to new: String) throws(EngineError)
    func renameContainer(_ container: String, to name: String) throws(EngineError)
    /// Removes a stopped container, or with `force` a running one after killing it; `volumes`: its anonymous ones too.
    func removeContainer(_ container: String, force: Bool, volumes: Bool) throws(EngineError)
    /// Blocks until the container is not running (and will not be restarted), or `cancellation` fires (then nil).
    func waitForExit(_ container: String, cancellation: Cancellation) throws(EngineError) -> Int32?

    // MARK: Inside and around a container

    /// Runs a program in a running container and returns its exit code (128+n for a signal); nil if it goes on without the caller.
    func exec(_ container: String, _ request: ExecRequest) throws(EngineError) -> Int32?
    /// What is at an absolute path inside a container, links followed; nil for nothing.
    func fileKind(at path: String, in container: String) throws(EngineError) -> FileKind?
    /// Writes the file or directory at `path` to `output` as a tar archive whose top entry is called `name`; with an
    /// empty `name` what is in the directory. `followLink`: a link at `path` itself is followed too.
    func archive(
        _ path: String, of container: String, as name: String, followLink: Bool, to output: Int32
    ) throws(EngineError)
    /// Unpacks the tar archive from `input` into a directory of a container. All belongs to root unless `keepOwners`.
    func unarchive(
        from input: Int32, into directory: String, of container: String, keepOwners: Bool
    ) throws(EngineError)
    /// Writes a container's root, without what is mounted in it, to `output` as a tar archive.
    func export(_ container: String, to output: Int32) throws(EngineError)
    func processes(of container: String) throws(EngineError) -> [ContainerProcess]
    func statistics(of container: String) throws(EngineError) -> Statistics
    /// Passes the container's log to `sink` in order, until its end, or with `follow` until `cancellation` fires
    /// or (`untilExit`) the container has ended and all of its output was passed on. `ended` is told of each end of a run
    /// between the lines before and behind it.
    func logs(
        of container: String, _ options: LogOptions, cancellation: Cancellation, ended: (LogRunEnd) -> Void,
        sink: (LogRecord) -> Void
    ) throws(EngineError)
    /// Passes events to `sink` as they happen, those since `since` first, until `cancellation` fires or `sink`
    /// returns false.
    func events(
        labels: [String: String?], since: Instant?, until: Instant?, cancellation: Cancellation,
        sink: (Event) -> Bool
    ) throws(EngineError)
}

extension Engine {
    public func takeWarnings() -> [String] { [] }
    public func mendNetworks(of project: String) throws(EngineError) {}
}
