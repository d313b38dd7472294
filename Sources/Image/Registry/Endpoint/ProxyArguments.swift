public import EngineModel
internal import Primitives

extension RegistryOptions {
    /// The build arguments that `proxies.default` of docker's `config.json` stands for, in capitals and in small
    /// letters, as docker gives them to every build.
    ///
    /// - Throws: for a file that cannot be read.
    public func proxyArguments() throws(EngineError) -> [String: String] {
        let proxies = try ClientConfiguration(directory: configDirectory).document["proxies"]?["default"]
        let names = [
            ("httpProxy", "HTTP_PROXY"), ("httpsProxy", "HTTPS_PROXY"), ("ftpProxy", "FTP_PROXY"),
            ("noProxy", "NO_PROXY"), ("allProxy", "ALL_PROXY"),
        ]
        var arguments: [String: String] = [:]
        for (key, name) in names {
            guard let value = proxies?[key]?.text, !value.isEmpty else { continue }
            arguments[name] = value
            arguments[name.lowercased()] = value
        }
        return arguments
    }
}
