internal import EngineModel
internal import Primitives
internal import Synchronization

/// Performs HTTP requests with libcurl and follows redirects. Blocks; any thread may use it, each request has a handle
/// of its own, and handles with their open connections are used again.
final class HTTPClient: Sendable {
    private let idle = Mutex<[HTTPSession]>([])
    let settings: @Sendable (HTTPURL) throws(HTTPFailure) -> ConnectionSettings
    /// Whether plain HTTP may be spoken with this host even if a redirect from HTTPS leads there.
    let allowsPlain: @Sendable (HTTPURL) -> Bool

    private static let redirects = 10

    /// - Parameter settings: how to reach the host of a URL.
    init(
        allowsPlain: @escaping @Sendable (HTTPURL) -> Bool,
        settings: @escaping @Sendable (HTTPURL) throws(HTTPFailure) -> ConnectionSettings
    ) {
        self.settings = settings
        self.allowsPlain = allowsPlain
    }

    /// - Parameters:
    ///   - sink: takes the body of a successful answer; nil keeps it in memory, up to the request's limit.
    ///   - adjust: last changes to how the host is reached.
    func perform(
        _ request: HTTPRequest, sink: (any ResponseSink)? = nil, cancellation: Cancellation,
        adjust: (inout ConnectionSettings) -> Void = { _ in }
    ) throws(HTTPFailure) -> HTTPResponse {
        var request = request
        var visited: Set<HTTPURL> = [request.url]
        while true {
            if cancellation.isCancelled { throw HTTPFailure(.cancelled, "canceled") }
            var settings = try settings(request.url)
            adjust(&settings)
            let session = try takeSession()
            defer { idle.withLock { $0.append(session) } }
            let response = try session.perform(
                request, settings: settings, sink: sink, cancellation: cancellation)
            guard let next = try redirect(of: request, response) else { return response }
            guard visited.insert(next).inserted else {
                throw HTTPFailure(.redirect, "the server redirects in a circle, to \(next.shown) again")
            }
            guard visited.count <= Self.redirects + 1 else {
                throw HTTPFailure(.redirect, "the server redirects more than \(Self.redirects) times")
            }
            if !next.isSameOrigin(as: request.url) { request.authorization = nil }
            request.url = next
        }
    }

    /// Where the answer leads; nil if it is the one that was asked for.
    private func redirect(of request: HTTPRequest, _ response: HTTPResponse) throws(HTTPFailure) -> HTTPURL? {
        guard [301, 302, 303, 307, 308].contains(response.status) else { return nil }
        guard let location = response.headers["location"], !location.isEmpty else {
            throw HTTPFailure(.redirect, "the server redirects without saying where to")
        }
        let next = try request.url.resolving(location)
        if request.method != .get && request.method != .head && response.status < 307 {
            throw HTTPFailure(
                .redirect, "the server redirects a \(request.method.rawValue) to \(next.shown), which loses its content"
            )
        }
        if request.url.scheme == .https, next.scheme == .http, !allowsPlain(next) {
            throw HTTPFailure(.redirect, "the server redirects from https to plain http, to \(next.shown)")
        }
        if !request.leavesItsOrigin, !next.isSameOrigin(as: request.url) {
            throw HTTPFailure(.redirect, "the server redirects to \(next.shown), where credentials are not sent")
        }
        if next.isLinkLocal, !request.url.isLinkLocal {
            throw HTTPFailure(.redirect, "the server redirects to the link-local address \(next.shown)")
        }
        return next
    }

    private func takeSession() throws(HTTPFailure) -> HTTPSession {
        if let session = idle.withLock({ $0.popLast() }) { return session }
        return try HTTPSession()
    }
}
