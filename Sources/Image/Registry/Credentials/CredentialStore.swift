public import EngineModel

/// The credentials of docker's `config.json` and of the helpers that it names. Reads the file anew with every call.
public struct CredentialStore: Sendable {
    private let directory: String
    private let environment: [String: String]

    /// - Parameter directory: where `config.json` lies, `~/.docker`.
    public init(directory: String, environment: [String: String]) {
        self.directory = directory
        self.environment = environment
    }

    /// - Parameter server: a registry as users write it.
    public func credential(for server: String) throws(EngineError) -> Credential? {
        let key = RegistryServer.key(server)
        let configuration = try ClientConfiguration(directory: directory)
        if let name = configuration.helper(for: key) {
            return try CredentialHelper(name, environment: environment).get(key)
        }
        return try configuration.credential(for: key)
    }

    /// - Returns: the file that holds the password unencrypted now; nil if a helper took it.
    public func store(_ credential: Credential, for server: String) throws(EngineError) -> String? {
        let key = RegistryServer.key(server)
        var configuration = try ClientConfiguration(directory: directory)
        let helper = configuration.helper(for: key)
        if let helper { try CredentialHelper(helper, environment: environment).store(credential, for: key) }
        // A token stands for the password, so the password is not kept beside it.
        var kept = credential
        if !kept.identityToken.isEmpty { kept.password = "" }
        configuration.store(helper == nil ? kept : nil, for: key)
        try configuration.save()
        return helper == nil ? configuration.path : nil
    }

    /// - Returns: whether there was anything to forget.
    public func erase(_ server: String) throws(EngineError) -> Bool {
        let key = RegistryServer.key(server)
        var configuration = try ClientConfiguration(directory: directory)
        let known = configuration.knows(key)
        if let name = configuration.helper(for: key) {
            try CredentialHelper(name, environment: environment).erase(key)
        }
        if known {
            configuration.erase(key)
            try configuration.save()
        }
        return known
    }
}
