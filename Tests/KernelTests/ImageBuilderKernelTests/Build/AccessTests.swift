import CLinux
import EngineModel
import Glibc
import LinuxSystem
import Primitives
import StateStore
import Testing

@testable import ImageBuilder

/// What builds take from outside of their context.
@Suite(.serialized) struct AccessTests {
    private static let hasAgent = ["ssh-agent", "ssh-add", "ssh-keygen"].allSatisfy { Files.exists("/usr/bin/\($0)") }

    private func makeKey(_ path: String, passphrase: String) throws {
        let program = HostProgram(
            name: "ssh-keygen", environment: ["PATH": "/usr/bin"], cancellation: Cancellation())
        let result = try program.run(["-q", "-t", "ed25519", "-N", passphrase, "-f", path])
        #expect(result.code == 0)
    }

    @Test(.enabled(if: hasAgent)) func aPrivateKeyGetsAnAgentThatEndsWithTheBuild() throws {
        let scene = try BuildScene()
        let key = scene.directory + "/key"
        try makeKey(key, passphrase: "")
        let text = "FROM base\nRUN --mount=type=ssh,required=true test -S $SSH_AUTH_SOCK && echo 1 > /yes\n"
        let outcome = try scene.build(text) {
            $0.ssh = [BuildSSH(source: .keys([key]))]
            $0.environment = ["PATH": "/usr/bin:/bin"]
        }
        #expect(scene.text("/yes", in: outcome.image) == "1\n")
        #expect(agents(of: scene).isEmpty)
    }

    @Test(.enabled(if: hasAgent)) func aKeyWithAPassphraseIsRefusedAtOnce() throws {
        let scene = try BuildScene()
        let key = scene.directory + "/key"
        try makeKey(key, passphrase: "secret")
        let error = #expect(throws: BuildError.self) {
            try scene.build("FROM base\nRUN --mount=type=ssh true\n") {
                $0.ssh = [BuildSSH(source: .keys([key]))]
                $0.environment = ["PATH": "/usr/bin:/bin"]
            }
        }
        #expect(error?.reason.contains("passphrase") == true)
        #expect(agents(of: scene).isEmpty && scene.leftovers.isEmpty)
    }

    private func agents(of scene: BuildScene) -> [String] {
        ((try? Files.list(scene.state.layout.runRoot)) ?? []).filter { $0.hasPrefix("ssh-") }
    }

    @Test func linkedCopiesOutliveTheirBase() throws {
        let scene = try BuildScene()
        try scene.write("a", "1")
        let text = "FROM base\nRUN echo one > /v\nCOPY --link --chown=1:2 a /d/\nRUN cat /v > /w\n"
        _ = try scene.build(text)
        let second = try scene.build(text.replacing("one", with: "two"))
        #expect(second.ran == ["[2/4] RUN echo two > /v", "[4/4] RUN cat /v > /w"])
        #expect(scene.text("/w", in: second.image) == "two\n")
        #expect(scene.status("/d/a", in: second.image)?.st_uid == 1)
        // A name has to be looked up in the base.
        let named = "FROM base\nRUN echo one > /v\nCOPY --link --chown=app a /d/\n"
        _ = try scene.build(named)
        #expect(try scene.build(named.replacing("one", with: "two")).ran == ["[3/3] COPY --link --chown=app a /d/"])
    }

    @Test func anImageLayoutIsABase() throws {
        let scene = try BuildScene()
        let layout = scene.directory + "/layout"
        _ = try scene.build("FROM base\nRUN echo x > /x\n") {
            $0.cacheTo = [CacheLocation(.local(directory: layout))]
        }
        let outcome = try scene.build("FROM given\nCOPY --from=given /x /y\n") {
            $0.namedContexts = ["given": .layout(layout)]
        }
        #expect(scene.text("/y", in: outcome.image) == "x\n")
        #expect(throws: BuildError.self) {
            try scene.build("FROM given\n") { $0.namedContexts = ["given": .layout(layout + ":other")] }
        }
        #expect(scene.leftovers.isEmpty)
    }
}
