internal import EngineModel
internal import Synchronization

/// A request to a registry, before it is known how the registry is reached.
struct RegistryRequest {
    enum Target {
        /// Behind `/v2/`.
        case path(String)
        /// Where the registry said that an upload goes on.
        case url(HTTPURL)
    }

    var method: HTTPRequest.Method
    var target: Target
    var scopes: [TokenScope]
    var headers: [(name: String, value: String)] = []
    var body = HTTPRequest.Body.none
    var limit = 1 << 20
    /// Statuses that are answers; all others are failures.
    var expected: Set<Int> = [200]
    var sink: (any ResponseSink)?
    var sent: ((Int64) -> Void)?

    init(_ method: HTTPRequest.Method, _ target: Target, _ scopes: [TokenScope]) {
        self.method = method
        self.target = target
        self.scopes = scopes
    }
}

/// One registry as one process talks to it: finds out how it is reached, and proves who the user is. Any thread may use
/// it; waits for the network happen without its lock.
final class RegistryConnection: Sendable {
    let domain: String
    let authorizer: Authorizer
    private let http: HTTPClient
    private let candidates: @Sendable () throws(HTTPFailure) -> [HTTPURL]
    private let endpoint = Mutex<RegistryEndpoint?>(nil)

    init(
        domain: String, http: HTTPClient, credential: @escaping @Sendable () throws(EngineError) -> Credential?,
        candidates: @escaping @Sendable () throws(HTTPFailure) -> [HTTPURL]
    ) {
        self.domain = domain
        self.http = http
        self.candidates = candidates
        authorizer = Authorizer(domain: domain, http: http, credential: credential)
    }

    /// One attempt; a token that ran out or is not enough is replaced within it.
    func send(_ request: RegistryRequest, _ context: TransferContext) throws(AttemptFailure) -> HTTPResponse {
        var endpoint = try open(context)
        var renewed = false
        while true {
            var message: HTTPRequest
            switch request.target {
            case .path(let path): message = HTTPRequest(request.method, endpoint.url(path))
            case .url(let url): message = HTTPRequest(request.method, url)
            }
            message.headers = request.headers
            message.body = request.body
            message.limit = request.limit
            message.sent = request.sent
            // An upload may go on at another host: the registry's credentials are not for it.
            if message.url.isSameOrigin(as: endpoint.base) {
                message.authorization = try authorizer.authorization(
                    endpoint, scopes: request.scopes, renew: renewed, context)
            }
            let response = try perform(message, sink: request.sink, context)
            if request.expected.contains(response.status) { return response }
            // Only the registry's own word counts: who it redirects to gets no credentials for the asking.
            if response.status == 401, !renewed, response.url.isSameOrigin(as: endpoint.base) {
                let challenges = Challenge.list(response.headers.all("www-authenticate"))
                if !challenges.isEmpty { endpoint.challenges = challenges }
                renewed = endpoint.challenge != nil
                if renewed { continue }
            }
            throw AttemptFailure(response, subject: context.subject, registry: domain)
        }
    }

    /// The same, again and again until there is an answer or no hope for one.
    func request(_ request: RegistryRequest, _ context: TransferContext) throws(EngineError) -> HTTPResponse {
        try retrying(context) { () throws(AttemptFailure) in try send(request, context) }
    }

    /// How the registry is reached; asked once.
    func open(_ context: TransferContext) throws(AttemptFailure) -> RegistryEndpoint {
        if let endpoint = endpoint.withLock({ $0 }) { return endpoint }
        let bases: [HTTPURL]
        do throws(HTTPFailure) {
            bases = try candidates()
        } catch {
            throw AttemptFailure(error, subject: context.subject, host: domain)
        }
        for (index, base) in bases.enumerated() {
            do throws(AttemptFailure) {
                return try open(base, context)
            } catch {
                let next = index + 1 < bases.count
                let mayBePlain = error.status == 0 && error.error.code != .cancelled
                // What shows a certificate speaks TLS: no fall-back that somebody in between could ask for.
                if next, mayBePlain, !error.isUntrustedCertificate { continue }
                throw error
            }
        }
        throw AttemptFailure(.permanent, EngineError(.invalid, context.subject, "the registry has no address"))
    }

    private func open(_ base: HTTPURL, _ context: TransferContext) throws(AttemptFailure) -> RegistryEndpoint {
        var found = RegistryEndpoint(base: base, challenges: [])
        let response = try perform(HTTPRequest(.get, found.url("")), sink: nil, context)
        // Whatever else it says, what is asked for next gets an answer of its own.
        if response.status >= 500 || response.status == 429 {
            throw AttemptFailure(response, subject: context.subject, registry: domain)
        }
        if response.status == 401, response.url.isSameOrigin(as: base) {
            found.challenges = Challenge.list(response.headers.all("www-authenticate"))
        }
        let endpoint = found
        self.endpoint.withLock { $0 = endpoint }
        return endpoint
    }

    private func perform(
        _ message: HTTPRequest, sink: (any ResponseSink)?, _ context: TransferContext
    ) throws(AttemptFailure) -> HTTPResponse {
        do throws(HTTPFailure) {
            return try http.perform(message, sink: sink, cancellation: context.cancellation) { settings in
                // Registries check what was uploaded before they answer.
                if message.body.length > 0 { settings.stallTimeout *= 4 }
            }
        } catch {
            var failure = AttemptFailure(error, subject: context.subject, host: message.url.authority)
            failure.isUntrustedCertificate = error.code == .certificate
            throw failure
        }
    }
}
