import EngineModel
import Glibc
import LinuxSystem
import Primitives
import Testing

@testable import ImageBuilder

struct GitTests {
    /// A repository with two commits; the context is the work tree.
    private func repository() throws -> CopyScene {
        try CopyScene(
            context: """
                export HOME=$PWD GIT_CONFIG_NOSYSTEM=1
                git init -q -b main; git config user.email a@b; git config user.name n
                mkdir -p sub/deep; echo one >f; echo two >sub/g; ln -s /etc escape; ln -s sub inner
                echo '#!' >run; chmod 755 run
                git add .; git commit -qm 1; git tag v1; git checkout -qb side; echo three >f; git commit -qam 2
                git checkout -q main
                """)
    }

    private func listing(_ scene: CopyScene, _ suffix: String) throws -> [String] {
        try scene.shell("rm -rf t", in: "root")
        let context = try BuildContext.open(
            .git("file://\(scene.path)/context\(suffix)"), access: scene.access, cancellation: Cancellation())
        return try scene.copy(
            CopyRequest(.copy, sources: ["."], destination: "/t"), from: context.tree(dockerfile: nil))
    }

    @Test func referencesAndDirectoriesAreFetched() throws {
        let scene = try repository()
        let all = [
            "t d755", "t/escape l -> /etc", "t/f f644 = one\n", "t/inner l -> sub", "t/run f755 = #!\n", "t/sub d755",
            "t/sub/g f644 = two\n",
        ]
        #expect(try listing(scene, "") == all)
        #expect(try listing(scene, "#v1") == all)
        #expect(try listing(scene, "?tag=v1") == all)
        #expect(try listing(scene, "#side").contains("t/f f644 = three\n"))
        #expect(try listing(scene, "?branch=side&subdir=sub") == ["t d755", "t/g f644 = two\n"])
        #expect(try listing(scene, "#:sub") == ["t d755", "t/g f644 = two\n"])
        #expect(try listing(scene, "#main:inner") == ["t d755", "t/g f644 = two\n"])
        try scene.shell("git rev-parse side >../side", in: "context")
        let commit = (Files.text("\(scene.path)/side") ?? "").filter { !$0.isWhitespace }
        #expect(try listing(scene, "#" + commit).contains("t/f f644 = three\n"))
        #expect(try listing(scene, "#" + commit.prefix(9)).contains("t/f f644 = three\n"))
        #expect(try listing(scene, "?branch=side&checksum=\(commit.prefix(12))").contains("t/f f644 = three\n"))
        #expect(throws: EngineError.self) { try listing(scene, "?branch=main&checksum=\(commit)") }
        #expect(try listing(scene, "?keep-git-dir=1").contains { $0.hasPrefix("t/.git d") })
    }

    @Test func nothingOfTheRepositoryRunsOrLeadsOut() throws {
        let scene = try repository()
        try scene.shell(
            """
            printf '#!/bin/sh\\ntouch \(scene.path)/canary\\n' >.git/hooks/post-checkout
            chmod 755 .git/hooks/post-checkout
            printf '[submodule "s"]\\n path = s\\n url = file://\(scene.path)/context\\n' >.gitmodules
            git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),s; git add .gitmodules; git commit -qm 3
            """, in: "context")
        #expect(throws: EngineError.self) { try listing(scene, "") }
        #expect(try listing(scene, "?submodules=0").contains("t/f f644 = one\n"))
        for suffix in [
            "#main:escape", "#main:..", "#:../..", "#--upload-pack=touch \(scene.path)/canary", "#:/etc", "?x=1",
        ] {
            #expect(throws: EngineError.self) { try listing(scene, suffix) }
        }
        #expect(!Files.exists("\(scene.path)/canary"))
        #expect(try Files.list("\(scene.path)/data/tmp").isEmpty)
    }

    @Test func aDockerfileCannotTakeFilesOfTheHost() throws {
        let scene = try repository()
        for source in [
            "file://\(scene.path)/context", "ext::sh -c 'touch \(scene.path)/canary'", "git://-x/y.git",
            "--upload-pack=x@h:y",
        ] {
            #expect(!scene.failure(CopyRequest(.add, sources: [source], destination: "/t")).hasPrefix("nothing thrown"))
        }
        #expect(!Files.exists("\(scene.path)/canary"))
    }
}
