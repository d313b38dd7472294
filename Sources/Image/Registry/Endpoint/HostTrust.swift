internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// Whom to believe about a host: insecure ones, private authorities, client certificates, proxies.
struct HostTrust: Sendable {
    let options: RegistryOptions
    private let proxies: ProxyRules

    init(_ options: RegistryOptions) {
        self.options = options
        proxies = ProxyRules(options.environment)
    }

    /// Whether the user listed the host as insecure.
    func isInsecure(_ url: HTTPURL) -> Bool {
        let port = "\(url.bareHost):\(url.port ?? url.scheme.port)"
        return options.insecureRegistries.contains { entry in
            if entry.contains("/"), let subnet = IPv4Subnet(entry) {
                return IPv4Address(url.bareHost).map { subnet.contains($0) } ?? false
            }
            return [url.bareHost, url.authority, port].contains(RegistryServer.host(entry).lowercased())
        }
    }

    func allowsPlain(_ url: HTTPURL) -> Bool { url.isLoopback || isInsecure(url) }

    func settings(for url: HTTPURL) throws(HTTPFailure) -> ConnectionSettings {
        var settings = ConnectionSettings()
        settings.proxy = proxies.proxy(for: url)
        settings.connectTimeout = options.patience.connectTimeout
        settings.stallTimeout = options.patience.stallTimeout
        guard url.scheme == .https else { return settings }
        settings.verifies = !isInsecure(url)
        let names = [url.authority, "\(url.bareHost):\(url.port ?? 443)", url.bareHost]
        var extra: [UInt8] = []
        for directory in options.certificateDirectories {
            for name in Set(names) { try read("\(directory)/\(name)", into: &settings, authorities: &extra) }
        }
        let file = options.environment["SSL_CERT_FILE"].flatMap { $0.isEmpty ? nil : $0 }
        if let file {
            do throws(Errno) {
                settings.authorities = try Files.read(file)
            } catch {
                throw HTTPFailure(.certificate, "reading \(file), which SSL_CERT_FILE names: \(error.description)")
            }
        } else if !extra.isEmpty {
            settings.authorities = (try? Files.read(Self.systemAuthorities)) ?? []
        }
        if !extra.isEmpty { settings.authorities += [0x0a] + extra }
        settings.authoritiesDirectory = options.environment["SSL_CERT_DIR"].flatMap { $0.isEmpty ? nil : $0 }
        return settings
    }

    /// Of Debian's ca-certificates, as libcurl reads it.
    private static let systemAuthorities = "/etc/ssl/certs/ca-certificates.crt"

    private func read(
        _ directory: String, into settings: inout ConnectionSettings, authorities: inout [UInt8]
    ) throws(HTTPFailure) {
        guard let names = try? Files.list(directory) else { return }
        for name in names {
            let path = "\(directory)/\(name)"
            if name.hasSuffix(".crt"), let bytes = try? Files.read(path) { authorities += bytes + [0x0a] }
            guard name.hasSuffix(".cert"), settings.clientCertificate == nil else { continue }
            let key = path.dropLast(5) + ".key"
            guard Files.exists(String(key)) else {
                throw HTTPFailure(.certificate, "\(path) has no key beside it: \(key) is missing")
            }
            settings.clientCertificate = (path, String(key))
        }
    }
}
