public import EngineModel
internal import Glibc
internal import LinuxSystem
public import Primitives
internal import SystemPackage

/// What a plain URL gave.
public struct FetchedFile: Sendable, Hashable {
    /// Bytes; 0 if it did not change.
    public var size: Int64
    /// The server's own marks of this version, for asking later whether it changed; empty if it gives none.
    public var etag: String
    /// The header `Last-Modified` as the server wrote it.
    public var lastModified: String
    /// The last part of the path of the URL that redirects led to; empty for a path that ends in `/`.
    public var name: String
    /// The server says that it is what the marks stand for: nothing was written.
    public var isUnchanged: Bool
}

extension RegistryClient {
    /// Fetches an http or https URL into a file, with the proxies and authorities that registries are reached with.
    /// Redirects are followed, at most ten; interrupted downloads begin again.
    ///
    /// - Parameters:
    ///   - file: open for writing, emptied first; stays the caller's.
    ///   - unlessMatching: a mark from an earlier fetch.
    ///   - limit: bytes; more are an error.
    public func fetch(
        url text: String, to file: Int32, unlessMatching known: FetchedFile? = nil, limit: Int64 = 64 << 30,
        cancellation: Cancellation, progress: @escaping @Sendable (Int64, Int64) -> Void = { _, _ in }
    ) throws(EngineError) -> FetchedFile {
        let context = TransferContext(
            subject: text, cancellation: cancellation, patience: options.patience, onRetry: { _ in })
        return try retrying(context) { () throws(AttemptFailure) in
            let response: HTTPResponse
            let sink = FileSink(file, limit: limit, subject: text, progress)
            do throws(HTTPFailure) {
                var request = HTTPRequest(.get, try HTTPURL(text))
                if let etag = known?.etag, !etag.isEmpty { request.headers.append(("If-None-Match", etag)) }
                if let time = known?.lastModified, !time.isEmpty {
                    request.headers.append(("If-Modified-Since", time))
                }
                response = try http.perform(request, sink: sink, cancellation: cancellation)
            } catch {
                let host = (try? HTTPURL(text))?.authority ?? text
                throw AttemptFailure(error, subject: text, host: host)
            }
            guard response.isSuccess || response.status == 304 else {
                throw AttemptFailure(response, fetching: text)
            }
            return FetchedFile(
                size: sink.size, etag: response.headers["etag"] ?? "",
                lastModified: response.headers["last-modified"] ?? "",
                name: String(response.url.path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""),
                isUnchanged: response.status == 304)
        }
    }
}

extension AttemptFailure {
    fileprivate init(_ response: HTTPResponse, fetching url: String) {
        let transient = [408, 429, 500, 502, 503, 504].contains(response.status)
        let code: EngineError.Code = response.status == 404 || response.status == 410 ? .notFound : .unavailable
        let wait = response.retryAfter.map { $0 * 1_000_000_000 }
        self.init(
            transient ? .busy(wait) : .permanent,
            EngineError(code, url, "the server answers with status \(response.status)"), status: response.status)
    }
}

private final class FileSink: ResponseSink {
    private let file: Int32
    private let limit: Int64
    private let subject: String
    private let progress: @Sendable (Int64, Int64) -> Void
    private var total: Int64 = 0
    private(set) var size: Int64 = 0

    init(_ file: Int32, limit: Int64, subject: String, _ progress: @escaping @Sendable (Int64, Int64) -> Void) {
        self.file = file
        self.limit = limit
        self.subject = subject
        self.progress = progress
    }

    func begin(_ response: HTTPResponse) throws(EngineError) {
        try EngineError.explaining(subject, doing: "writing it") {
            try systemCall { ftruncate(file, 0) }
            try systemCall { lseek(file, 0, SEEK_SET) }
        }
        size = 0
        total = response.headers["content-length"].flatMap { Int64($0) } ?? 0
    }

    func receive(_ bytes: UnsafeRawBufferPointer) throws(EngineError) {
        if size + Int64(bytes.count) > limit {
            throw EngineError(.invalid, subject, "it is larger than \(limit) bytes")
        }
        var start = 0
        while start < bytes.count {
            start += try EngineError.explaining(subject, doing: "writing it") {
                try systemCall { write(file, bytes.baseAddress.map { $0 + start }, bytes.count - start) }
            }
        }
        size += Int64(bytes.count)
        progress(size, total)
    }
}
