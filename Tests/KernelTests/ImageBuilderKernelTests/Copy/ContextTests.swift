import CLinux
import EngineModel
import Glibc
import ImageModel
import ImageStore
import LinuxSystem
import Primitives
import SystemPackage
import Testing

@testable import ImageBuilder

struct ContextTests {
    @Test func ignoredFilesAreNotThere() throws {
        let scene = try CopyScene(
            context: """
                mkdir -p node/a keep/x; echo >node/a/f; echo >node/wanted; echo >keep/x/y.log; echo >keep/z
                echo >Dockerfile; ln -s node/a link
                printf '# no\\nnode\\n!node/wanted\\n**/*.log\\nDockerfile\\n.dockerignore\\n' >.dockerignore
                """)
        #expect(
            try scene.copy(CopyRequest(.copy, sources: ["."], destination: "/t")).map { $0.prefix { $0 != " " } } == [
                "t", "t/keep", "t/keep/x", "t/keep/z", "t/link", "t/node", "t/node/wanted",
            ])
        for source in ["node/a", "link", "link/f", "Dockerfile", "keep/x/y.log"] {
            #expect(scene.failure(CopyRequest(.copy, sources: [source], destination: "/u")).contains("not found"))
        }
        #expect(try scene.copy(CopyRequest(.copy, sources: ["*/*"], destination: "/v/")).contains("v/wanted f644 = \n"))
        let context = try BuildContext.open(
            .directory("\(scene.path)/context"), access: scene.access, cancellation: Cancellation())
        #expect(try context.read("Dockerfile") == Array("\n".utf8))
        try scene.shell("echo keep >Dockerfile.dockerignore", in: "context")
        #expect(throws: EngineError.self) { try scene.tree().find(["keep", "z"]) }
        #expect(try scene.tree().find(["node", "a", "f"]).status.isFile)
    }

    @Test func theKeyIsOfNamesModesAndContents() throws {
        let scene = try CopyScene(
            context: "mkdir -p d/e; echo 1 >d/f; ln -s f d/l; echo x >ignored; echo ignored >.dockerignore")
        let request = CopyRequest(.copy, sources: ["."], destination: "/t")
        let first = try scene.key(request)
        var known: Set = [first]
        for change in ["touch -d @1 d/f d", "echo y >ignored", "cp -p d/f g; mv g d/f", "chown 5:5 d/f"] {
            try scene.shell(change, in: "context")
            #expect(try scene.key(request) == first, "\(change)")
        }
        for change in [
            "echo 2 >d/f", "chmod 600 d/f", "chmod 700 d/e", "ln -sfn g d/l", "mv d/f d/g", "ln d/g d/h",
            "rm d/h; cp d/g d/h",
            "mkdir d/new", "mkfifo d/p",
        ] {
            try scene.shell(change, in: "context")
            #expect(known.insert(try scene.key(request)).inserted, "\(change)")
        }
        var owned = request
        owned.owner = "1:1"
        #expect(known.insert(try scene.key(owned)).inserted)
    }

    @Test func rememberedDigestsAreOfTheSameContent() throws {
        let scene = try CopyScene(context: "echo 1 >old; echo 1 >new; touch -d @1000000000 old")
        let cache = "\(scene.path)/data/build-cache/file-digests"
        let request = CopyRequest(.copy, sources: ["*"], destination: "/t/")
        let first = try scene.key(request)
        // Both files have just been changed, whatever the one says of itself: neither is remembered.
        #expect(!Files.exists(cache))
        let identity = FileDigestCache(path: cache)
        var status = stat()
        lstat("\(scene.path)/context/old", &status)
        identity.remember(.one, of: FileStatus(status), started: Int64(status.st_ctim.tv_sec + 3) * 1_000_000_000)
        identity.save()
        #expect(try scene.key(request) != first)
        // A torn record is passed over, and the next one is whole again.
        try Files.replace(cache, with: try Files.read(cache).dropLast(7))
        #expect(try scene.key(request) == first)
        identity.remember(.one, of: FileStatus(status), started: Int64(status.st_ctim.tv_sec + 3) * 1_000_000_000)
        identity.save()
        #expect(try Files.read(cache).count == 80)
    }

    @Test(arguments: ["cf", "czf"]) func archivesAndDockerfilesComeAsStreams(options: String) throws {
        let scene = try CopyScene(
            context: "mkdir s; echo FROM scratch >s/Dockerfile; echo 1 >s/f; tar \(options) c -C s .")
        let pipe = try Descriptor.pipe()
        try pipe.write.writeAll(try Files.read("\(scene.path)/context/c"))
        close(pipe.write.take())
        let context = try BuildContext.open(
            .archive(pipe.read.raw, subject: "standard input"), access: scene.access, cancellation: Cancellation())
        #expect(context.isDockerfile == false)
        #expect(
            try scene.copy(
                CopyRequest(.copy, sources: ["f"], destination: "/"), from: context.tree(dockerfile: "Dockerfile"))
                == ["f f644 = 1\n"])
        let file = try Descriptor.open("\(scene.path)/context/s/Dockerfile", O_RDONLY)
        let single = try BuildContext.open(
            .archive(file.raw, subject: "-"), access: scene.access, cancellation: Cancellation())
        #expect(single.isDockerfile)
        #expect(try single.read("Dockerfile") == Array("FROM scratch\n".utf8))
    }

    @Test func whatWasUnpackedIsRemoved() throws {
        let scene = try CopyScene(context: "echo 1 >f; tar cf c f")
        do {
            let file = try Descriptor.open("\(scene.path)/context/c", O_RDONLY)
            let context = try BuildContext.open(
                .archive(file.raw, subject: "c"), access: scene.access, cancellation: Cancellation())
            #expect(try context.tree(dockerfile: nil).find(["f"]).status.isFile)
        }
        #expect(try Files.list("\(scene.path)/data/tmp").isEmpty)
    }

    @Test func dockerfilesThatLeadOutOfAnArchive() throws {
        let scene = try CopyScene(
            context: "ln -s /etc/passwd Dockerfile; ln -s ../../../etc/passwd up; mkfifo p; tar cf c Dockerfile up p")
        let file = try Descriptor.open("\(scene.path)/context/c", O_RDONLY)
        let context = try BuildContext.open(
            .archive(file.raw, subject: "c"), access: scene.access, cancellation: Cancellation())
        #expect(try context.read("Dockerfile") == nil)
        #expect(try context.read("up") == nil)
        #expect(throws: EngineError.self) { try context.read("p") }
    }

    @Test func stagesAreJoinedWithoutBeingMounted() throws {
        let scene = try CopyScene(
            context: "echo a >a; echo b >b",
            root: "mkdir -p 1/d 2/d u w; echo low >1/d/f; echo low >1/d/g; echo up >2/d/f")
        let lower = ["\(scene.path)/root/2", "\(scene.path)/root/1"]
        let tree = CopyTree(try Overlay(layers: lower).openRoot(), owners: .kept)
        // What older kernels need gives the same.
        let tree2 = CopyTree(try Overlay(layers: lower).open(by: .mountCall), owners: .kept)
        #expect(
            try scene.operation(CopyRequest(.copy, sources: ["/d"], destination: "/d"), from: tree2).contentKey()
                == scene.operation(CopyRequest(.copy, sources: ["/d"], destination: "/d"), from: tree).contentKey())
        try scene.shell("mkdir old-u old-w", in: "root")
        let changes = Overlay.Changes(upper: "\(scene.path)/root/old-u", work: "\(scene.path)/root/old-w")
        let old = try Overlay(layers: lower, changes: changes).open(by: .mountCall)
        try scene.operation(CopyRequest(.copy, sources: ["a"], destination: "/d/f")).perform(into: old, owner: nil)
        #expect(try scene.listing("root/old-u") == ["d d755", "d/f f644 = a\n"])
        let target = try Overlay(
            layers: lower, changes: Overlay.Changes(upper: "\(scene.path)/root/u", work: "\(scene.path)/root/w")
        ).open()
        let operation = try scene.operation(CopyRequest(.copy, sources: ["/d"], destination: "/d/copy"), from: tree)
        _ = try operation.contentKey()
        try operation.perform(into: target, owner: nil)
        try scene.operation(CopyRequest(.copy, sources: ["a"], destination: "/d/f")).perform(into: target, owner: nil)
        #expect(
            try scene.listing("root/u") == [
                "d d755", "d/copy d755", "d/copy/f f644 = up\n", "d/copy/g f644 = low\n", "d/f f644 = a\n",
            ])
        #expect(Files.text("/proc/self/mountinfo")?.contains(scene.path) == false)
    }
}
