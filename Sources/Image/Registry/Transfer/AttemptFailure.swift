internal import EngineModel
internal import Primitives

/// Why one attempt of a transfer failed, and what the user is told if no other one helps.
struct AttemptFailure: Error {
    var kind: TransferMachine.Failure
    var error: EngineError
    /// The status of the answer; 0 if there was none.
    var status = 0
    /// The server speaks TLS, but shows a certificate that nobody vouches for.
    var isUntrustedCertificate = false

    init(_ kind: TransferMachine.Failure, _ error: EngineError, status: Int = 0) {
        self.kind = kind
        self.error = error
        self.status = status
    }
}

extension AttemptFailure {
    /// No answer.
    init(_ failure: HTTPFailure, subject: String, host: String) {
        let hint: String
        let code: EngineError.Code
        let kind: TransferMachine.Failure
        var reason = "\(host): \(failure.reason)"
        switch failure.code {
        case .sink(let error):
            self.init(.permanent, error)
            return
        case .cancelled: (kind, code, hint) = (.permanent, .cancelled, "")
        case .resolve:
            reason = "the host \(host) is not known: \(failure.reason)"
            (kind, code, hint) = (.unreachable, .unavailable, "check the name, the network and the proxy")
        case .connect:
            reason = "the registry at \(host) cannot be reached: \(failure.reason)"
            (kind, code, hint) = (.unreachable, .unavailable, "check the name, the network and the proxy")
        case .certificate:
            reason = "the certificate of \(host) is not trusted: \(failure.reason)"
            (kind, code) = (.permanent, .unavailable)
            hint = "put the certificate of its authority into /etc/docker/certs.d/\(host)/ca.crt"
        case .tls:
            reason = "\(host) does not speak TLS: \(failure.reason)"
            (kind, code) = (.permanent, .unavailable)
            hint = "if it speaks plain HTTP on purpose, list it in COMPOSE_INSECURE_REGISTRIES"
        case .timeout:
            reason = "\(host) does not answer in time: \(failure.reason)"
            (kind, code, hint) = (.transient, .timedOut, "")
        case .truncated: (kind, code, hint) = (.transient, .unavailable, "")
        case .protocol: (kind, code, hint) = (.transient, .unavailable, "")
        case .badURL, .tooLarge, .redirect: (kind, code, hint) = (.permanent, .invalid, "")
        case .library: (kind, code, hint) = (.permanent, .system, "")
        }
        self.init(kind, EngineError(code, subject, reason, hint: hint))
    }

    /// An answer that says no.
    init(_ response: HTTPResponse, subject: String, registry: String) {
        let said = Self.message(response.body)
        let host = response.url.authority
        let why = said.isEmpty ? "" : ": \(said)"
        let wait = response.retryAfter.map { $0 * 1_000_000_000 }
        switch response.status {
        case 401, 403:
            self.init(
                .permanent,
                EngineError(
                    .permission, subject,
                    "\(host) denies access: it does not exist there, or needs other credentials" + why,
                    hint: "log in with `compose login\(registry == "docker.io" ? "" : " \(registry)")`"))
        case 404:
            self.init(.permanent, EngineError(.notFound, subject, "\(host) does not have it\(why)"))
        case 429:
            self.init(
                .busy(wait),
                EngineError(
                    .unavailable, subject, "\(host) allows no more requests at the moment\(why)",
                    hint: "log in for a higher limit, or try again later"))
        case 408, 500, 502, 503, 504, 507:
            let kind: TransferMachine.Failure = wait == nil ? .transient : .busy(wait)
            self.init(
                kind, EngineError(.unavailable, subject, "\(host) fails with status \(response.status)\(why)"))
        default:
            self.init(
                .permanent, EngineError(.unavailable, subject, "\(host) answers with status \(response.status)\(why)"))
        }
        status = response.status
    }

    /// The messages of a registry's error document (distribution specification, error codes), printable.
    static func message(_ body: [UInt8]) -> String {
        guard let document = try? JSONValue(parsing: body) else { return "" }
        var messages = (document["errors"]?.elements ?? []).map { entry in
            let words = [entry["message"]?.text ?? entry["code"]?.text ?? "", entry["detail"]?.text ?? ""]
            return words.filter { !$0.isEmpty }.joined(separator: ": ")
        }
        if let details = document["details"]?.text ?? document["message"]?.text { messages.append(details) }
        let text = messages.filter { !$0.isEmpty }.joined(separator: "; ")
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(500).map { $0.value < 0x20 ? " " : $0 }))
    }
}
