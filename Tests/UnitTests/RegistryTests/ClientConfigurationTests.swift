import CLinux
import EngineModel
import LinuxSystem
import Testing

@testable import Registry

/// A directory with a config.json, removed at the end.
private final class TemporaryConfiguration {
    let directory = "/tmp/compose-config-\(monotonicNanoseconds())"
    var path: String { "\(directory)/config.json" }

    init(_ text: String?) throws {
        try Files.makeDirectories(directory)
        if let text { try Files.replace(path, with: Array(text.utf8), mode: 0o644) }
    }

    deinit { try? Files.removeTree(directory) }

    var text: String? { Files.text(path) }

    var store: CredentialStore {
        CredentialStore(directory: directory, environment: ["PATH": "\(directory):/usr/bin:/bin"])
    }
}

struct ClientConfigurationTests {
    @Test func everythingElseStaysAsItWas() throws {
        let configuration = try TemporaryConfiguration(
            """
            {
            \t"psFormat": "x \\u00e9",
            \t"auths": {
            \t\t"r.example": {
            \t\t\t"auth": "dTpw"
            \t\t}
            \t},
            \t"big": 12345678901234567890.10,
            \t"HttpHeaders": {}
            }
            """)
        #expect(try configuration.store.credential(for: "r.example") == Credential(username: "u", password: "p"))
        let file = try configuration.store.store(Credential(username: "ü", password: "a:b"), for: "s.example")
        #expect(file == configuration.path)
        #expect(
            configuration.text == """
                {
                \t"psFormat": "x é",
                \t"auths": {
                \t\t"r.example": {
                \t\t\t"auth": "dTpw"
                \t\t},
                \t\t"s.example": {
                \t\t\t"auth": "w7w6YTpi"
                \t\t}
                \t},
                \t"big": 12345678901234567890.10,
                \t"HttpHeaders": {}
                }
                """)
        #expect(try configuration.store.credential(for: "s.example") == Credential(username: "ü", password: "a:b"))
        #expect(try Files.list(configuration.directory) == ["config.json"])
    }

    @Test func onlyTheOwnerMayReadIt() throws {
        let configuration = try TemporaryConfiguration("{}")
        _ = try configuration.store.store(Credential(username: "u", password: "p"), for: "")
        let file = try Descriptor.open(configuration.path, 0)
        #expect(try file.status().st_mode & 0o777 == 0o600)
        #expect(configuration.text?.contains("https://index.docker.io/v1/") == true)
    }

    @Test func keysAreComparedWithoutSchemeAndPath() throws {
        let configuration = try TemporaryConfiguration(
            #"{"auths":{"https://r.example/v1/":{"auth":"dTpw"},"docker.io":{"identitytoken":"t","auth":"dTo="}}}"#)
        #expect(try configuration.store.credential(for: "r.example")?.password == "p")
        #expect(try configuration.store.credential(for: "docker.io")?.identityToken == "t")
        #expect(try configuration.store.erase("r.example"))
        #expect(try configuration.store.credential(for: "r.example") == nil)
        #expect(try !configuration.store.erase("r.example"))
    }

    @Test func aTokenIsKeptInsteadOfThePassword() throws {
        let configuration = try TemporaryConfiguration(nil)
        _ = try configuration.store.store(
            Credential(username: "u", password: "secret", identityToken: "token"), for: "r.example")
        let kept = try configuration.store.credential(for: "r.example")
        #expect(kept == Credential(username: "u", password: "", identityToken: "token"))
    }

    @Test func whatIsNoJSONIsLeftAlone() throws {
        let configuration = try TemporaryConfiguration("{,}")
        #expect(throws: EngineError.self) {
            try configuration.store.store(Credential(username: "u", password: "p"), for: "r.example")
        }
        #expect(configuration.text == "{,}")
    }

    @Test func aHelperKeepsTheCredentials() throws {
        let configuration = try TemporaryConfiguration(#"{"credsStore":"test"}"#)
        let program = "\(configuration.directory)/docker-credential-test"
        // Keeps one entry; a real one would look at the server's name too.
        let script = """
            #!/bin/sh
            cd "$(dirname "$0")" || exit 1
            case $1 in
            store) cat > kept ;;
            get) read -r key; [ -f kept ] && cat kept || { echo "credentials not found in native keychain"; exit 1; } ;;
            erase) rm -f kept ;;
            esac
            """
        try Files.replace(program, with: Array(script.utf8), mode: 0o755)
        let store = configuration.store
        #expect(try store.credential(for: "r.example") == nil)
        #expect(try store.store(Credential(username: "u", password: "p"), for: "r.example") == nil)
        #expect(configuration.text?.contains("dTpw") == false)
        #expect(try store.credential(for: "r.example") == Credential(username: "u", password: "p"))
        _ = try store.store(Credential(username: "u", password: "", identityToken: "t"), for: "r.example")
        #expect(try store.credential(for: "r.example")?.identityToken == "t")
        #expect(try store.erase("r.example"))
        #expect(try store.credential(for: "r.example") == nil)
    }
}
