public import EngineModel
public import ImageModel
public import Primitives

extension RegistryClient {
    /// All tags of a repository, as the registry lists them.
    ///
    /// - Parameter repository: tag and digest are not looked at.
    public func tags(
        of repository: ImageReference, cancellation: Cancellation
    ) throws(EngineError) -> [String] {
        let connection = try origin(of: repository.domain)
        let context = context(repository, cancellation) { _ in }
        var target = RegistryRequest.Target.path("\(repository.path)/tags/list?n=1000")
        var tags: [String] = []
        for _ in 0..<Self.pages {
            var request = RegistryRequest(.get, target, [.pull(repository.path)])
            request.limit = RegistryConnection.manifestLimit
            let response = try connection.request(request, context)
            guard let document = try? JSONValue(parsing: response.body) else {
                throw EngineError(.invalid, context.subject, "the registry's list of tags is not JSON")
            }
            tags += (document["tags"]?.elements ?? []).compactMap(\.text)
            guard let next = Self.next(response.headers["link"] ?? "") else { return tags }
            do throws(HTTPFailure) {
                target = .url(try response.url.resolving(next))
            } catch {
                throw EngineError(.invalid, context.subject, error.reason)
            }
        }
        return tags
    }

    static let pages = 100

    /// `</v2/x/tags/list?last=b&n=1000>; rel="next"` (RFC 8288).
    static func next(_ link: String) -> String? {
        guard link.contains("rel=\"next\"") || link.contains("rel=next"), link.hasPrefix("<"),
            let end = link.firstIndex(of: ">")
        else { return nil }
        return String(link[link.index(after: link.startIndex)..<end])
    }
}
