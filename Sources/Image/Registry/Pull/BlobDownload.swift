internal import EngineModel
internal import ImageModel
internal import ImageStore
internal import LinuxSystem
internal import Primitives

/// Fetches blobs into the store: resumed where an earlier attempt, or another process, left off, and visible only
/// when size and digest are right.
struct BlobDownload {
    var connection: RegistryConnection
    var repository: String
    var store: ImageStore
    var lease: ContentLease

    /// Returns when the blob is there, whoever fetched it.
    ///
    /// - Parameter received: called with the number of bytes that are there, some times a second.
    func run(
        _ blob: BlobDescriptor, _ context: TransferContext, received: @escaping (Int64) -> Void
    ) throws(EngineError) {
        var right: BlobIngest?
        try retrying(context, offset: { right?.offset ?? 0 }) { () throws(AttemptFailure) in
            do throws(EngineError) {
                if right == nil {
                    right = try store.ingest(
                        blob.digest, size: blob.size, lease, cancellation: context.cancellation)
                }
            } catch {
                throw AttemptFailure(.permanent, error)
            }
            guard let ingest = right else { return }
            if ingest.offset < blob.size || blob.size == 0 { try fetch(blob, into: ingest, context, received) }
            do throws(EngineError) {
                right = nil
                try ingest.commit()
            } catch {
                let kind: TransferMachine.Failure = error.code == .invalid ? .corrupt : .permanent
                throw AttemptFailure(kind, EngineError(error.code, context.subject, error.description))
            }
        }
    }

    private func fetch(
        _ blob: BlobDescriptor, into ingest: BlobIngest, _ context: TransferContext,
        _ received: @escaping (Int64) -> Void
    ) throws(AttemptFailure) {
        var request = RegistryRequest(
            .get, .path("\(repository)/blobs/\(blob.digest)"), [.pull(repository)])
        request.sink = BlobSink(ingest, received)
        request.expected = [200, 206, 416]
        if ingest.offset > 0 { request.headers = [("Range", "bytes=\(ingest.offset)-")] }
        do throws(AttemptFailure) {
            let response = try connection.send(request, context)
            // The registry does not know that many bytes: what is here is not the beginning of what is there.
            guard response.status == 416 else { return }
            do throws(EngineError) { try ingest.restart() } catch { throw AttemptFailure(.permanent, error) }
            throw AttemptFailure(
                .corrupt, EngineError(.invalid, context.subject, "the registry refuses to continue the download"))
        } catch {
            // More bytes than the manifest says, or a continuation from elsewhere: not what was asked for.
            guard error.kind == .permanent, error.error.code == .invalid else { throw error }
            try? ingest.restart()
            throw AttemptFailure(
                .corrupt, EngineError(.invalid, context.subject, error.error.reason), status: error.status)
        }
    }
}

/// Writes an answer's body to a blob.
private final class BlobSink: ResponseSink {
    private let ingest: BlobIngest
    private let received: (Int64) -> Void
    private var reported: Int64 = 0

    /// Nanoseconds between two reports.
    private static let interval: Int64 = 50_000_000

    init(_ ingest: BlobIngest, _ received: @escaping (Int64) -> Void) {
        self.ingest = ingest
        self.received = received
    }

    func begin(_ response: HTTPResponse) throws(EngineError) {
        guard response.status == 206 else {
            if ingest.offset > 0 { try ingest.restart() }
            return
        }
        // `bytes 100-199/200`
        let range = response.headers["content-range"] ?? ""
        let start = range.hasPrefix("bytes ") ? range.dropFirst(6).prefix { $0 != "-" } : ""
        guard Int64(start) == ingest.offset else {
            throw EngineError(
                .invalid, "download", "the server continues at a different place than asked: \(range)")
        }
    }

    func receive(_ bytes: UnsafeRawBufferPointer) throws(EngineError) {
        try ingest.write(bytes)
        let now = monotonicNanoseconds()
        if now - reported < Self.interval { return }
        reported = now
        received(ingest.offset)
    }
}
