internal import Primitives

/// What a token is asked for: `repository:library/redis:pull` (distribution's token scopes).
struct TokenScope: Hashable, Sendable, CustomStringConvertible {
    var kind = "repository"
    /// The repository, or `catalog`.
    var repository: String
    /// `pull`, or `pull,push`, in this order: registries compare texts.
    var actions: String

    static func pull(_ repository: String) -> TokenScope { TokenScope(repository: repository, actions: "pull") }
    static func push(_ repository: String) -> TokenScope { TokenScope(repository: repository, actions: "pull,push") }

    /// To list all repositories.
    static let catalogue = TokenScope(kind: "registry", repository: "catalog", actions: "*")

    var description: String { "\(kind):\(repository):\(actions)" }
}

/// A bearer token and how long it may be used.
struct BearerToken: Sendable {
    var text: String
    /// By the monotonic clock, nanoseconds.
    var expires: Int64
    /// For asking again without the password.
    var refresh: String?

    /// Reads the token server's answer.
    ///
    /// - Parameter now: when it was asked.
    init?(json: [UInt8], now: Int64) {
        guard let document = try? JSONValue(parsing: json),
            let text = document["token"]?.text ?? document["access_token"]?.text, !text.isEmpty,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else { return nil }
        self.text = text
        // Without a lifetime it is a minute; near its end a token is not begun with any more.
        let seconds = max(document["expires_in"]?.integer ?? 60, 60)
        expires = now + (min(seconds, 86_400) - 10) * 1_000_000_000
        refresh = document["refresh_token"]?.text
    }
}
