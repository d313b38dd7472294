internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// Docker's `config.json`: read as far as registries need it, written back with all that it holds besides.
struct ClientConfiguration: Sendable {
    /// The file itself, links followed.
    let path: String
    private(set) var document: JSONValue

    /// - Parameter directory: `~/.docker`. A missing file is an empty one.
    init(directory: String) throws(EngineError) {
        let path = "\(directory)/config.json"
        self.path = (try? Files.resolved(path)) ?? path
        let bytes: [UInt8]
        do throws(Errno) {
            bytes = try Files.read(path, limit: 4 << 20)
        } catch {
            guard error == .noSuchFileOrDirectory || error == .notDirectory else {
                throw EngineError(.permission, path, "reading it: \(error.description)")
            }
            document = .object([])
            return
        }
        do throws(JSONError) {
            document = bytes.isEmpty ? .object([]) : try JSONValue(parsing: bytes)
        } catch {
            throw EngineError(.invalid, path, "it is not JSON: the error is at byte \(error.offset)")
        }
        guard case .object = document else { throw EngineError(.invalid, path, "it holds no JSON object") }
    }

    /// The name of the program that keeps this registry's credentials; nil if this file does.
    func helper(for key: String) -> String? {
        let own = document["credHelpers"]
        let name = own?[key]?.text ?? own?[RegistryServer.host(key)]?.text ?? document["credsStore"]?.text
        return name.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What the file itself holds for the registry. Keys are compared as docker does: without scheme and path.
    func credential(for key: String) throws(EngineError) -> Credential? {
        let entries = document["auths"]?.members ?? []
        let exact = entries.first { $0.name == key }
        guard let entry = exact ?? entries.first(where: { RegistryServer.key($0.name) == key }) else { return nil }
        var credential = Credential(
            username: entry.value["username"]?.text ?? "", password: entry.value["password"]?.text ?? "",
            identityToken: entry.value["identitytoken"]?.text ?? "")
        if let encoded = entry.value["auth"]?.text, !encoded.isEmpty {
            guard let bytes = Base64.decode(encoded.utf8, unpadded: true),
                let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
            else {
                throw EngineError(.invalid, path, "the credentials of \(entry.name) are not base64 of NAME:PASSWORD")
            }
            credential.username = String(decoding: bytes[..<colon], as: UTF8.self)
            let password = bytes[bytes.index(after: colon)...].prefix { $0 != 0 }
            credential.password = String(decoding: password, as: UTF8.self)
        }
        return credential.username.isEmpty && credential.identityToken.isEmpty ? nil : credential
    }

    /// Whether there is an entry for the registry, with credentials or (with a helper) without.
    func knows(_ key: String) -> Bool {
        (document["auths"]?.members ?? []).contains { $0.name == key || RegistryServer.key($0.name) == key }
    }

    /// nil stands for a credential that a helper keeps.
    mutating func store(_ credential: Credential?, for key: String) {
        var entry = JSONValue.object([])
        if let credential {
            let pair = Array("\(credential.username):\(credential.password)".utf8)
            entry["auth"] = .string(Base64.encode(pair))
            if !credential.identityToken.isEmpty { entry["identitytoken"] = .string(credential.identityToken) }
        }
        var entries = document["auths"] ?? .object([])
        entries[key] = entry
        document["auths"] = entries
    }

    mutating func erase(_ key: String) {
        guard var entries = document["auths"] else { return }
        for entry in entries.members where entry.name == key || RegistryServer.key(entry.name) == key {
            entries[entry.name] = nil
        }
        document["auths"] = entries
    }

    /// Replaces the file at once or not at all; only its owner may read it.
    func save() throws(EngineError) {
        do throws(Errno) {
            try Files.makeDirectories(LocalPathParts.directory(of: path))
            try Files.replace(path, with: Array(document.indented(by: "\t").utf8), mode: 0o600, durable: true)
        } catch {
            throw EngineError(.permission, path, "writing it: \(error.description)")
        }
    }
}

enum LocalPathParts {
    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
