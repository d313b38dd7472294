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
