internal import EngineModel
internal import LinuxSystem
internal import Synchronization

/// Answers a registry's challenges: nothing, Basic, or a Bearer token from a token server (distribution's token
/// authentication). Keeps tokens until they run out. Any thread may use it.
final class Authorizer: Sendable {
    private struct State {
        var tokens: [Set<TokenScope>: BearerToken] = [:]
        /// Asked for once: helpers may ask the user.
        var credential: Credential?
        var asked = false
    }

    private let domain: String
    private let http: HTTPClient
    private let credential: @Sendable () throws(EngineError) -> Credential?
    private let state = Mutex(State())

    static let client = "compose"

    init(
        domain: String, http: HTTPClient, credential: @escaping @Sendable () throws(EngineError) -> Credential?
    ) {
        self.domain = domain
        self.http = http
        self.credential = credential
    }

    /// The value of the `Authorization` header; nil if none is wanted.
    ///
    /// - Parameter renew: what was sent before was refused.
    func authorization(
        _ endpoint: RegistryEndpoint, scopes: [TokenScope], renew: Bool, _ context: TransferContext
    ) throws(AttemptFailure) -> String? {
        guard let challenge = endpoint.challenge else { return nil }
        let credential = try knownCredential()
        guard challenge.scheme == "bearer" else { return credential?.basic }
        let key = Set(scopes)
        if !renew, let token = state.withLock({ $0.tokens[key] }), token.expires > monotonicNanoseconds() {
            return "Bearer \(token.text)"
        }
        let token = try fetchToken(challenge, endpoint, scopes, credential, offline: false, context)
        state.withLock { $0.tokens[key] = token }
        return "Bearer \(token.text)"
    }

    /// Asks for a token that names no repository, as a login does.
    func fetchToken(
        _ challenge: Challenge, _ endpoint: RegistryEndpoint, _ scopes: [TokenScope], _ credential: Credential?,
        offline: Bool, _ context: TransferContext
    ) throws(AttemptFailure) -> BearerToken {
        guard let realm = challenge.parameters["realm"] else {
            throw AttemptFailure(
                .permanent, EngineError(.invalid, context.subject, "\(domain) names no server for its tokens"))
        }
        let now = monotonicNanoseconds()
        let response: HTTPResponse
        do throws(HTTPFailure) {
            let url = try HTTPURL(realm)
            guard url.scheme == .https || endpoint.base.scheme == .http || http.allowsPlain(url) else {
                throw HTTPFailure(.redirect, "the token server \(url.shown) does not use TLS")
            }
            let request = Self.request(url, challenge, scopes, credential, offline: offline)
            response = try http.perform(request, cancellation: context.cancellation)
        } catch {
            throw AttemptFailure(error, subject: context.subject, host: domain)
        }
        guard response.isSuccess else {
            throw AttemptFailure(response, subject: context.subject, registry: domain)
        }
        guard let token = BearerToken(json: response.body, now: now) else {
            throw AttemptFailure(
                .permanent,
                EngineError(.invalid, context.subject, "the token server of \(domain) answers without a token"))
        }
        return token
    }

    /// GET with Basic, or with an identity token the POST of OAuth 2 (RFC 6749, 6).
    private static func request(
        _ url: HTTPURL, _ challenge: Challenge, _ scopes: [TokenScope], _ credential: Credential?, offline: Bool
    ) -> HTTPRequest {
        var items = challenge.parameters["service"].map { [("service", $0)] } ?? []
        if let credential, !credential.identityToken.isEmpty {
            items += [
                ("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", credential.identityToken),
            ]
            if !scopes.isEmpty { items.append(("scope", scopes.map(\.description).joined(separator: " "))) }
            var request = HTTPRequest(.post, url)
            request.headers = [("Content-Type", "application/x-www-form-urlencoded")]
            request.body = .bytes(Array(form(items).utf8))
            request.leavesItsOrigin = false
            return request
        }
        items += scopes.map { ("scope", $0.description) }
        if offline { items += [("offline_token", "true"), ("client_id", client)] }
        if let credential { items.append(("account", credential.username)) }
        var request = HTTPRequest(.get, items.isEmpty ? url : url.adding(query: form(items)))
        request.authorization = credential?.basic
        return request
    }

    private static func form(_ items: [(String, String)]) -> String {
        items.map { "\($0)=\(HTTPURL.escaped($1))" }.joined(separator: "&")
    }

    private func knownCredential() throws(AttemptFailure) -> Credential? {
        let known = state.withLock { ($0.asked, $0.credential) }
        if known.0 { return known.1 }
        let found: Credential?
        do throws(EngineError) {
            found = try credential()
        } catch {
            throw AttemptFailure(.permanent, error)
        }
        state.withLock { ($0.asked, $0.credential) = (true, found) }
        return found
    }
}
