public import EngineModel
public import ImageModel
public import ImageStore
public import Primitives
internal import Synchronization

/// Pulls images from registries into an ``ImageStore`` and pushes them out of it (OCI distribution specification, with
/// Docker Hub's ways). Blocks; any thread may use it. Connections and tokens are kept while the value lives.
public struct RegistryClient: Sendable {
    let store: ImageStore
    let options: RegistryOptions
    let http: HTTPClient
    let credentials: CredentialStore
    private let connections = ConnectionTable()

    /// What is pulled goes to `store`.
    public init(store: ImageStore, options: RegistryOptions) {
        self.store = store
        self.options = options
        let trust = HostTrust(options)
        http = HTTPClient(
            allowsPlain: { trust.allowsPlain($0) },
            settings: { url throws(HTTPFailure) in try trust.settings(for: url) })
        credentials = CredentialStore(directory: options.configDirectory, environment: options.environment)
    }

    /// Fetches what the name means, as far as it is not here, and gives the image that name.
    ///
    /// `.notFound`, `.permission`, `.unavailable`, `.timedOut` say why the registry does not give it, `.invalid` that
    /// it gives something wrong.
    ///
    /// - Parameters:
    ///   - platform: nil is that of this host.
    ///   - progress: called on several threads.
    public func pull(
        _ reference: ImageReference, platform: Platform? = nil, cancellation: Cancellation,
        progress: @escaping @Sendable (TransferEvent) -> Void = { _ in }
    ) throws(EngineError) -> PulledImage {
        let reference = reference.withDefaultTag
        let context = context(reference, cancellation, progress)
        return try atRegistry(of: reference, context) { connection throws(EngineError) in
            let pull = ImagePull(
                connection: connection, store: store, lease: try store.lease(), reference: reference,
                platform: platform, context: context, progress: progress)
            return try pull.run()
        }
    }

    /// Sends what the registry lacks of an image, and gives it the name there.
    public func push(
        _ reference: ImageReference, cancellation: Cancellation,
        progress: @escaping @Sendable (TransferEvent) -> Void = { _ in }
    ) throws(EngineError) -> PushedImage {
        let reference = reference.withDefaultTag
        let push = ImagePush(
            connection: try origin(of: reference.domain), store: store, lease: try store.lease(),
            reference: reference, context: context(reference, cancellation, progress), progress: progress)
        return try push.run()
    }

    /// The digest of what the name means at the registry now: an index's or a manifest's.
    public func resolve(_ reference: ImageReference, cancellation: Cancellation) throws(EngineError) -> Digest {
        let reference = reference.withDefaultTag
        if let digest = reference.digest { return digest }
        let context = context(reference, cancellation) { _ in }
        return try atRegistry(of: reference, context) { connection throws(EngineError) in
            guard let digest = try connection.digest(reference.path, reference.tag ?? "latest", context) else {
                throw EngineError(.notFound, context.subject, "there is no such image at the registry")
            }
            return digest
        }
    }

    func context(
        _ reference: ImageReference, _ cancellation: Cancellation,
        _ progress: @escaping @Sendable (TransferEvent) -> Void
    ) -> TransferContext {
        TransferContext(
            subject: "image \(reference.familiar)", cancellation: cancellation, patience: options.patience,
            onRetry: { progress(TransferEvent("", .retrying($0))) })
    }

    // MARK: Connections

    /// The registry itself.
    func origin(of domain: String) throws(EngineError) -> RegistryConnection {
        let trust = HostTrust(options)
        return connection(domain, name: domain) { () throws(HTTPFailure) in
            try RegistryEndpoint.candidates(domain: domain, trust: trust)
        }
    }

    /// Runs `body` with docker.io's mirrors and, if none of them helps, with the registry itself.
    func atRegistry<Result>(
        of reference: ImageReference, _ context: TransferContext,
        _ body: (RegistryConnection) throws(EngineError) -> Result
    ) throws(EngineError) -> Result {
        for mirror in reference.domain == "docker.io" ? options.mirrors : [] {
            let host = RegistryServer.host(mirror)
            let connection = connection(host, name: mirror) { () throws(HTTPFailure) in
                try RegistryEndpoint.candidates(mirror: mirror)
            }
            do throws(EngineError) {
                return try body(connection)
            } catch {
                if [.cancelled, .noSpace].contains(error.code) { throw error }
                context.onRetry("the mirror \(host) does not have it: \(error.reason)")
            }
        }
        return try body(try origin(of: reference.domain))
    }

    private func connection(
        _ domain: String, name: String, _ candidates: @escaping @Sendable () throws(HTTPFailure) -> [HTTPURL]
    ) -> RegistryConnection {
        let credentials = credentials
        return connections.connection(name) {
            RegistryConnection(
                domain: domain, http: http,
                credential: { () throws(EngineError) in try credentials.credential(for: domain) },
                candidates: candidates)
        }
    }
}

/// The registries that were talked to.
private final class ConnectionTable: Sendable {
    private let known = Mutex<[String: RegistryConnection]>([:])

    func connection(_ name: String, _ make: () -> RegistryConnection) -> RegistryConnection {
        known.withLock { known in
            if let connection = known[name] { return connection }
            let connection = make()
            known[name] = connection
            return connection
        }
    }
}
