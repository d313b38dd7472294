internal import EngineModel
internal import ImageModel
internal import ImageStore
internal import LinuxSystem

/// Sends one blob to a repository: not at all if it is there, by a mount from another repository of the registry, in one
/// request, or in chunks where the registry asks for them or an upload was interrupted.
struct BlobUpload {
    enum Result: Sendable, Hashable {
        case existed, sent
        case mounted(from: String)
    }

    /// An upload that the registry has begun.
    private struct Session {
        var location: HTTPURL
        /// Bytes that the registry has.
        var offset: Int64 = 0
        /// Size of the pieces; nil: the rest in one.
        var chunk: Int64?
        /// Something went wrong: the registry knows better how much it has.
        var isUncertain = false
    }

    var connection: RegistryConnection
    var repository: String
    var store: ImageStore
    /// Repositories of the same registry that probably have it.
    var sources: [String]
    var blob: BlobDescriptor
    var context: TransferContext
    /// Called with the bytes that were sent, some times a second.
    var sent: (Int64) -> Void

    private static let chunkSize: Int64 = 16 << 20
    private static let interval: Int64 = 50_000_000

    func run() throws(EngineError) -> Result {
        if try exists() { return .existed }
        let file = try store.openBlob(blob.digest)
        let raw = file.raw
        var session: Session?
        var sources = sources
        let result = try retrying(context, offset: { session?.offset ?? 0 }) { () throws(AttemptFailure) -> Result in
            if session == nil {
                switch try begin(mountingFrom: sources.first) {
                case .mounted(let source): return .mounted(from: source)
                case .session(let begun): session = begun
                }
                sources = []
            }
            guard var current = session else { return .sent }
            do throws(AttemptFailure) {
                defer { session = current }
                try send(raw, &current)
            } catch {
                // The registry forgot the upload.
                if error.status == 404 {
                    session = nil
                    throw AttemptFailure(.transient, error.error, status: 404)
                }
                session?.isUncertain = true
                throw error
            }
            return .sent
        }
        _ = consume file
        return result
    }

    private func exists() throws(EngineError) -> Bool {
        var request = RegistryRequest(.head, .path("\(repository)/blobs/\(blob.digest)"), [.push(repository)])
        request.expected = [200, 404]
        return try connection.request(request, context).status == 200
    }

    private enum Beginning {
        case mounted(String)
        case session(Session)
    }

    private func begin(mountingFrom source: String?) throws(AttemptFailure) -> Beginning {
        var path = "\(repository)/blobs/uploads/"
        var scopes = [TokenScope.push(repository)]
        if let source {
            path += "?mount=\(HTTPURL.escaped(blob.digest.description))&from=\(HTTPURL.escaped(source))"
            scopes.append(.pull(source))
        }
        var request = RegistryRequest(.post, .path(path), scopes)
        request.expected = [201, 202]
        let response: HTTPResponse
        do throws(AttemptFailure) {
            response = try connection.send(request, context)
        } catch {
            // Where mounts are refused the blob is sent.
            guard source != nil, (400..<500).contains(error.status), error.status != 429 else { throw error }
            return try begin(mountingFrom: nil)
        }
        if response.status == 201, let source { return .mounted(source) }
        var session = Session(location: try location(response))
        if let least = response.headers["oci-chunk-min-length"].flatMap({ Int64($0) }) {
            session.chunk = max(least, Self.chunkSize)
        }
        return .session(session)
    }

    /// Sends what is missing and ends the upload.
    private func send(_ file: Int32, _ session: inout Session) throws(AttemptFailure) {
        if session.isUncertain { try ask(&session) }
        let whole = session.offset == 0 && session.chunk == nil
        if !whole {
            while session.offset < blob.size { try patch(file, &session) }
        }
        var request = RegistryRequest(
            .put, .url(session.location.adding(query: "digest=\(HTTPURL.escaped(blob.digest.description))")),
            [.push(repository)])
        request.headers = [("Content-Type", "application/octet-stream")]
        request.expected = [201, 204]
        if whole {
            request.body = .file(file, offset: 0, length: blob.size)
            request.sent = throttled(from: 0)
        }
        do throws(AttemptFailure) {
            _ = try connection.send(request, context)
        } catch {
            if error.status == 413, whole {
                // A server in between limits the size of a request.
                session.chunk = Self.chunkSize
                session.isUncertain = true
                throw AttemptFailure(.transient, error.error)
            }
            throw error
        }
        session.offset = blob.size
    }

    private func patch(_ file: Int32, _ session: inout Session) throws(AttemptFailure) {
        let length = min(session.chunk ?? Int64.max, blob.size - session.offset)
        var request = RegistryRequest(.patch, .url(session.location), [.push(repository)])
        request.headers = [
            ("Content-Type", "application/octet-stream"),
            ("Content-Range", "\(session.offset)-\(session.offset + length - 1)"),
        ]
        request.body = .file(file, offset: session.offset, length: length)
        request.expected = [202, 204]
        request.sent = throttled(from: session.offset)
        let response = try connection.send(request, context)
        session.location = try location(response)
        session.offset += length
    }

    /// How much has the registry got?
    private func ask(_ session: inout Session) throws(AttemptFailure) {
        var request = RegistryRequest(.get, .url(session.location), [.push(repository)])
        request.expected = [204, 202, 200]
        let response = try connection.send(request, context)
        if response.headers["location"] != nil { session.location = try location(response) }
        // `0-99` are 100 bytes. Nothing at all is `0-0` with some registries, which one byte would be, too.
        let last = (response.headers["range"] ?? "").split(separator: "-").last.flatMap { Int64($0) } ?? 0
        session.offset = last > 0 ? min(last + 1, blob.size) : 0
        session.isUncertain = false
    }

    private func location(_ response: HTTPResponse) throws(AttemptFailure) -> HTTPURL {
        guard let text = response.headers["location"] else {
            throw AttemptFailure(
                .permanent,
                EngineError(.invalid, context.subject, "the registry begins an upload without saying where it goes"))
        }
        do throws(HTTPFailure) {
            return try response.url.resolving(text)
        } catch {
            throw AttemptFailure(error, subject: context.subject, host: response.url.authority)
        }
    }

    private func throttled(from offset: Int64) -> (Int64) -> Void {
        var reported: Int64 = 0
        return { count in
            let now = monotonicNanoseconds()
            if now - reported < Self.interval { return }
            reported = now
            sent(offset + count)
        }
    }
}
