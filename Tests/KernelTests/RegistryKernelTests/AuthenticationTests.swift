import EngineModel
import ImageModel
import LinuxSystem
import Primitives
import Testing

@testable import Registry

@Suite(.serialized) struct AuthenticationTests {
    private let options = TestRegistry.Options(tls: true, user: ("anna", "s3cret:ü"))
    private let layer = TestArchive.noise(10_000, seed: 3)

    @Test func aPrivateAuthorityAndAPasswordLetIn() throws {
        let registry = try TestRegistry(options)
        let images = try TestImages { $0.certificateDirectories = [registry.certificates] }
        let name = "\(registry.host)/team/app:1"
        try images.make(name, layers: [layer])
        let refused = #expect(throws: EngineError.self) { try images.push(name) }
        #expect(refused?.code == .permission)
        #expect(refused?.hint == "log in with `compose login \(registry.host)`")

        let credential = Credential(username: "anna", password: "s3cret:ü")
        let kept = try images.client.verify(credential, for: registry.host, cancellation: Cancellation())
        let store = CredentialStore(directory: images.options.configDirectory, environment: [:])
        #expect(try store.store(kept, for: registry.host) == "\(images.options.configDirectory)/config.json")
        let pushed = try images.push(name)
        let other = try TestImages {
            $0.certificateDirectories = [registry.certificates]
            $0.configDirectory = images.options.configDirectory
        }
        #expect(try other.pull(name).digest == pushed.digest)
        #expect(try store.erase(registry.host))
        #expect(throws: EngineError.self) {
            try other.client.resolve(try ImageReference(name), cancellation: Cancellation())
        }
    }

    @Test func wrongPasswordsAreRefused() throws {
        let registry = try TestRegistry(options)
        let images = try TestImages { $0.certificateDirectories = [registry.certificates] }
        let error = #expect(throws: EngineError.self) {
            try images.client.verify(
                Credential(username: "anna", password: "wrong"), for: registry.host, cancellation: Cancellation())
        }
        #expect(error?.code == .permission)
    }

    @Test func anUnknownAuthorityIsNotTrusted() throws {
        let registry = try TestRegistry(TestRegistry.Options(tls: true))
        let name = "\(registry.host)/team/app:1"
        let images = try TestImages()
        let error = #expect(throws: EngineError.self) { try images.pull(name) }
        #expect(error?.code == .unavailable)
        #expect(error?.reason.contains("not trusted") == true)
        #expect(error?.hint.contains("/etc/docker/certs.d/\(registry.host)/ca.crt") == true)
        // Named in SSL_CERT_FILE, or the host listed as insecure, it is another matter.
        let named = try TestImages {
            $0.environment = ["SSL_CERT_FILE": "\(registry.certificates)/\(registry.host)/ca.crt"]
        }
        #expect(throws: EngineError.Code.notFound) { try named.code(pulling: name) }
        let listed = try TestImages { $0.insecureRegistries = [registry.host] }
        #expect(throws: EngineError.Code.notFound) { try listed.code(pulling: name) }
    }

    /// A blob host behind an honest registry asks for the registry's password.
    @Test(arguments: ["manifests", "blobs", "tags", "uploads", "ping"])
    func whoARegistryRedirectsToGetsNoCredentials(_ place: String) throws {
        let registry = try FaultyRegistry()
        let stranger = try FaultyRegistry()
        let blob = try registry.serve("a", contents: [layer])[0]
        let elsewhere = "http://\(stranger.host)/stolen"
        let challenge = [
            "WWW-Authenticate": "Bearer realm=\"http://\(stranger.host)/token\",service=\"a\", Basic realm=\"a\""
        ]
        stranger.answer("/stolen", FaultyRegistry.Answer(status: 401, headers: challenge))
        stranger.answer("/token", FaultyRegistry.Answer(body: Array("{\"token\":\"t\"}".utf8)))
        let redirect = FaultyRegistry.Answer(status: 307, headers: ["Location": elsewhere])
        let paths = [
            "manifests": ["/v2/a/manifests/1"], "blobs": [blob], "tags": ["/v2/a/tags/list?n=1000"],
            "uploads": ["/v2/a/blobs/uploads/"], "ping": ["/v2/"],
        ]
        if place != "ping" {
            let basic = FaultyRegistry.Answer(status: 401, headers: ["WWW-Authenticate": "Basic realm=\"a\""])
            registry.answer("/v2/", basic)
        }
        for path in paths[place] ?? [] { registry.answer(path, redirect) }

        let images = try TestImages()
        let store = CredentialStore(directory: images.options.configDirectory, environment: [:])
        _ = try store.store(Credential(username: "anna", password: "s3cret"), for: registry.host)
        switch place {
        case "tags":
            #expect(throws: EngineError.self) {
                try images.client.tags(of: try ImageReference("\(registry.host)/a"), cancellation: Cancellation())
            }
        case "uploads":
            try images.make("\(registry.host)/a:2", layers: [layer])
            #expect(throws: EngineError.self) { try images.push("\(registry.host)/a:2") }
        case "ping": _ = try? images.pull("\(registry.host)/a:1")
        default: #expect(throws: EngineError.self) { try images.pull("\(registry.host)/a:1") }
        }
        #expect(!stranger.requests.isEmpty)
        #expect(stranger.requests.allSatisfy { $0.headers["authorization"] == nil && $0.path == "/stolen" })
    }
}

extension EngineError.Code: Error {}

extension TestImages {
    /// Throws the code of the error alone.
    fileprivate func code(pulling name: String) throws {
        do {
            try pull(name)
        } catch let error as EngineError {
            throw error.code
        }
    }
}
