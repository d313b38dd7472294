public import EngineModel
internal import LinuxSystem
public import Primitives

extension RegistryClient {
    /// Shows a registry a user's credentials.
    ///
    /// `.permission` if it does not take them.
    ///
    /// - Parameter server: as users write it; empty is Docker Hub.
    /// - Returns: what to keep: with a token instead of the password where the registry gives one.
    public func verify(
        _ credential: Credential, for server: String, cancellation: Cancellation
    ) throws(EngineError) -> Credential {
        let domain = RegistryServer.domain(server)
        let connection = try origin(of: domain)
        let context = TransferContext(
            subject: "registry \(domain)", cancellation: cancellation, patience: options.patience)
        return try retrying(context) { () throws(AttemptFailure) in
            let endpoint = try connection.open(context)
            guard let challenge = endpoint.challenge else { return credential }
            if challenge.scheme == "bearer" {
                let token = try connection.authorizer.fetchToken(
                    challenge, endpoint, [], credential, offline: credential.identityToken.isEmpty, context)
                var kept = credential
                if let refresh = token.refresh, !refresh.isEmpty { kept.identityToken = refresh }
                return kept
            }
            var request = HTTPRequest(.get, endpoint.url(""))
            request.authorization = credential.basic
            let response: HTTPResponse
            do throws(HTTPFailure) {
                response = try http.perform(request, cancellation: cancellation)
            } catch {
                throw AttemptFailure(error, subject: context.subject, host: domain)
            }
            if response.status == 401 || response.status == 403 {
                throw AttemptFailure(
                    .permanent,
                    EngineError(.permission, context.subject, "it does not take this user name with this password"))
            }
            guard response.isSuccess else {
                throw AttemptFailure(response, subject: context.subject, registry: domain)
            }
            return credential
        }
    }
}
