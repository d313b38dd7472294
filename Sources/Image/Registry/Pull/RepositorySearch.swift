public import EngineModel
public import Primitives

/// A repository that a registry knows.
public struct FoundRepository: Sendable, Hashable {
    /// As it can be pulled: `redis`, `localhost:5000/team/app`.
    public var name: String
    /// One line of its makers; empty where the registry gives none.
    public var description = ""
    /// How many people marked it.
    public var stars: Int64 = 0
    /// Docker Hub's own.
    public var isOfficial = false

    init(name: String) {
        self.name = name
    }
}

extension RegistryClient {
    /// The repositories whose name, and on Docker Hub whose description, has `term` in it.
    ///
    /// - Parameters:
    ///   - term: with a registry's host and a slash before it, that one's catalogue is looked through.
    ///   - limit: of the answer, 1 to 100.
    public func search(
        _ term: String, limit: Int, cancellation: Cancellation
    ) throws(EngineError) -> [FoundRepository] {
        let parts = term.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let context = TransferContext(
            subject: "search \(term)", cancellation: cancellation, patience: options.patience, onRetry: { _ in })
        let isHost = parts[0].contains(where: { $0 == "." || $0 == ":" }) || parts[0] == "localhost"
        if parts.count == 2, isHost, !["docker.io", "index.docker.io"].contains(parts[0]) {
            return try catalogue(of: parts[0], containing: parts[1], limit, context)
        }
        return try searchHub(parts.count == 2 && isHost ? parts[1] : term, limit, context)
    }

    /// By `_catalog` of the distribution specification.
    private func catalogue(
        of domain: String, containing term: String, _ limit: Int, _ context: TransferContext
    ) throws(EngineError) -> [FoundRepository] {
        let connection = try origin(of: domain)
        var target = RegistryRequest.Target.path("_catalog?n=1000")
        var found: [FoundRepository] = []
        for _ in 0..<Self.pages {
            var request = RegistryRequest(.get, target, [.catalogue])
            request.limit = RegistryConnection.manifestLimit
            let response = try connection.request(request, context)
            let document = try Self.document(response.body, context)
            for name in (document["repositories"]?.elements ?? []).compactMap(\.text) where name.contains(term) {
                found.append(FoundRepository(name: "\(domain)/\(name)"))
                if found.count == limit { return found }
            }
            guard let next = Self.next(response.headers["link"] ?? "") else { return found }
            do throws(HTTPFailure) {
                target = .url(try response.url.resolving(next))
            } catch {
                throw EngineError(.invalid, context.subject, error.reason)
            }
        }
        return found
    }

    private func searchHub(
        _ term: String, _ limit: Int, _ context: TransferContext
    ) throws(EngineError) -> [FoundRepository] {
        let host = "index.docker.io"
        let response = try retrying(context) { () throws(AttemptFailure) in
            let response: HTTPResponse
            do throws(HTTPFailure) {
                let url = try HTTPURL("https://\(host)/v1/search?q=\(Self.encoded(term))&n=\(limit)")
                response = try http.perform(HTTPRequest(.get, url), cancellation: context.cancellation)
            } catch {
                throw AttemptFailure(error, subject: context.subject, host: host)
            }
            if response.isSuccess { return response }
            throw AttemptFailure(response, subject: context.subject, registry: host)
        }
        let results = try Self.document(response.body, context)["results"]?.elements ?? []
        return results.prefix(limit).compactMap { result in
            guard let name = result["name"]?.text else { return nil }
            var found = FoundRepository(name: name)
            found.description = result["description"]?.text ?? ""
            found.stars = result["star_count"]?.integer ?? 0
            found.isOfficial = result["is_official"] == .boolean(true)
            return found
        }
    }

    private static func document(_ body: [UInt8], _ context: TransferContext) throws(EngineError) -> JSONValue {
        guard let document = try? JSONValue(parsing: body) else {
            throw EngineError(.invalid, context.subject, "the answer is not JSON")
        }
        return document
    }

    /// For a query of a URL (RFC 3986, 2.3).
    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            let isPlain = byte < 0x80 && (character.isLetter || character.isNumber || "-._~".contains(character))
            let digits = String(byte, radix: 16).uppercased()
            return isPlain ? String(character) : "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
