import CLinux
import EngineModel
import Testing

@testable import ImageBuilder

struct CopyTests {
    @Test func aFileGoesToANameOrIntoADirectory() throws {
        let scene = try CopyScene(context: "printf one >a; chmod 640 a", root: "mkdir there")
        #expect(
            try scene.copy(CopyRequest(.copy, sources: ["a"], destination: "/x/b")) == [
                "there d755", "x d755", "x/b f640 = one",
            ])
        try scene.copy(CopyRequest(.copy, sources: ["/a"], destination: "/there"))
        try scene.copy(CopyRequest(.copy, sources: ["../a"], destination: "/y/"))
        var relative = CopyRequest(.copy, sources: ["./a"], destination: ".")
        relative.workingDirectory = "/w"
        #expect(
            try scene.copy(relative) == [
                "there d755", "there/a f640 = one", "w d755", "w/a f640 = one", "x d755", "x/b f640 = one", "y d755",
                "y/a f640 = one",
            ])
    }

    @Test func aDirectoryGivesItsContent() throws {
        let scene = try CopyScene(
            context: "mkdir -p d/e; chmod 700 d; chmod 711 d/e; printf 1 >d/f; ln -s f d/l; ln -s d link; mkfifo d/p",
            root: "mkdir -p t/e; chmod 777 t t/e; printf old >t/f")
        let content = ["e d711", "f f644 = 1", "l l -> f", "p p644"]
        #expect(
            try scene.copy(CopyRequest(.copy, sources: ["link"], destination: "/n")) == ["n d755"]
                + content.map { "n/" + $0 } + ["t d777", "t/e d777", "t/f f644 = old"])
        #expect(
            try scene.copy(CopyRequest(.copy, sources: ["d/"], destination: "/t")).filter { $0.hasPrefix("t") }
                == ["t d777"] + content.map { "t/" + $0 })
    }

    @Test func severalSourcesNeedADirectory() throws {
        let scene = try CopyScene(context: "echo a >a; echo b >b", root: "mkdir d; echo f >f")
        try scene.copy(CopyRequest(.copy, sources: ["a", "b"], destination: "/d"))
        #expect(
            scene.failure(CopyRequest(.copy, sources: ["a", "b"], destination: "/new")).contains("must be a directory"))
        #expect(scene.failure(CopyRequest(.copy, sources: ["*"], destination: "/f")).contains("must be a directory"))
        #expect(scene.failure(CopyRequest(.copy, sources: ["a"], destination: "/f/x")).contains("not a directory"))
        #expect(try scene.listing() == ["d d755", "d/a f644 = a\n", "d/b f644 = b\n", "f f644 = f\n"])
    }

    @Test func wildcardsMatchWithinComponents() throws {
        let scene = try CopyScene(
            context:
                "mkdir -p x/y z; echo >x/a.c; echo >x/b.c; echo >x/y/c.c; echo >z/d.c; echo >'[o]'; ln -s x/a.c s.c")
        let copied = { (source: String) throws -> [String] in
            try scene.shell("rm -rf t", in: "root")
            return try scene.copy(CopyRequest(.copy, sources: [source], destination: "/t/")).compactMap {
                $0.contains(" f") ? String($0.prefix { $0 != " " }) : nil
            }
        }
        #expect(try copied("*/*.c") == ["t/a.c", "t/b.c", "t/d.c"])
        #expect(try copied("x/[ab].c") == ["t/a.c", "t/b.c"])
        #expect(try copied("x/?.c") == ["t/a.c", "t/b.c"])
        #expect(try copied("?.c") == ["t/s.c"])
        #expect(try copied("[[]o]") == ["t/[o]"])
        #expect(try copied("x/y*") == ["t/c.c"])
        #expect(try copied("nothing*") == [])
        #expect(try copied("*/../z/*") == ["t/d.c"])
        #expect(scene.failure(CopyRequest(.copy, sources: ["nothing"], destination: "/")) == "\"/nothing\": not found")
    }

    @Test func ownersAndModes() throws {
        let scene = try CopyScene(
            context: "mkdir -p d/e; echo >d/f; chown -R 7:8 d; chmod 4755 d/f",
            root: "mkdir etc; echo app:x:5:6::/: >etc/passwd; echo web:x:9: >etc/group")
        var request = CopyRequest(.copy, sources: ["d"], destination: "/a/b")
        let listing = { try scene.copy(request).filter { $0.hasPrefix("a") } }
        #expect(try listing() == ["a d755", "a/b d755", "a/b/e d755", "a/b/f f4755 = \n"])
        try scene.shell("rm -r a", in: "root")
        request.owner = "app"
        request.mode = "u=rwX,go=rX"
        #expect(try listing() == ["a d755 5:6", "a/b d755 5:6", "a/b/e d755 5:6", "a/b/f f755 5:6 = \n"])
        request.owner = "app:web"
        request.mode = "0604"
        #expect(try listing() == ["a d755 5:6", "a/b d755 5:6", "a/b/e d604 5:9", "a/b/f f604 5:9 = \n"])
        request.owner = "12"
        request.mode = nil
        #expect(try listing().last == "a/b/f f4755 12:12 = \n")
        request.owner = "nobody"
        #expect(scene.failure(request).contains("/etc/passwd does not have it"))
        request.owner = "4294967296"
        #expect(scene.failure(request).contains("2147483647"))
    }

    @Test func filesOfAStageKeepTheirOwners() throws {
        let scene = try CopyScene(context: "mkdir d; echo >d/f; chown 7:8 d/f; mknod d/n c 1 3; chmod 666 d/n")
        let tree = CopyTree(try open("\(scene.path)/context"), owners: .kept)
        #expect(
            try scene.copy(CopyRequest(.copy, sources: ["/d"], destination: "/"), from: tree) == [
                "f f644 7:8 = \n", "n c666",
            ])
    }

    @Test func hardLinksStayTogether() throws {
        let scene = try CopyScene(context: "mkdir -p d/a d/b; echo 1 >d/a/x; ln d/a/x d/b/y; ln d/a/x d/a/z")
        try scene.copy(CopyRequest(.copy, sources: ["d"], destination: "/t"))
        try scene.shell("test $(stat -c %h t/a/x) = 3; test t/a/x -ef t/b/y; test t/a/x -ef t/a/z", in: "root")
    }

    @Test func timesAndHolesAndAttributesAreKept() throws {
        let scene = try CopyScene(
            context: """
                mkdir d; truncate -s 20M d/big; printf end >>d/big; touch -d @1000000000.5 d/big
                touch -d @900000000 d
                """)
        // Not every file system has user attributes.
        let hasAttributes = setxattr("\(scene.path)/context/d/big", "user.k", "v", 1, 0) == 0
        try scene.copy(CopyRequest(.copy, sources: ["d"], destination: "/t"))
        try scene.shell(
            """
            test $(stat -c %.1Y t/big) = 1000000000.5; test $(stat -c %Y t) = 900000000
            test $(tail -c 3 t/big) = end
            test $(stat -c %s t/big) = 20971523; test $(stat -c %b t/big) -lt 1000
            """, in: "root")
        #expect((getxattr("\(scene.path)/root/t/big", "user.k", nil, 0) == 1) == hasAttributes)
    }

    @Test func parentsKeepThePathAfterThePivot() throws {
        let scene = try CopyScene(
            context: "mkdir -p a/b/c x; chmod 711 a/b; echo 1 >a/b/f; echo 2 >a/b/c/g; echo 3 >x/h; echo >top")
        var request = CopyRequest(.copy, sources: ["a/b/f", "x/./h"], destination: "/t/")
        request.parents = true
        #expect(
            try scene.copy(request) == [
                "t d755", "t/a d755", "t/a/b d711", "t/a/b/f f644 = 1\n", "t/h f644 = 3\n",
            ])
        try scene.shell("rm -r t", in: "root")
        request.sources = ["./a/./**/g"]
        #expect(try scene.copy(request) == ["t d755", "t/b d711", "t/b/c d755", "t/b/c/g f644 = 2\n"])
        request.sources = ["a/none"]
        #expect(scene.failure(request) == "\"/a/none\": not found")
    }

    @Test func excludedFilesAreLeftOut() throws {
        let scene = try CopyScene(
            context: """
                mkdir -p d/e d/k; echo >d/a.txt; echo >d/b.md; echo >d/e/c.txt; echo >d/e/d.md; echo >d/k/z.txt
                echo >h.txt; echo >h.md
                """)
        let paths = { (request: CopyRequest) throws -> [String] in
            try scene.shell("rm -rf t", in: "root")
            return try scene.copy(request).map { String($0.prefix { $0 != " " }) }
        }
        var request = CopyRequest(.copy, sources: ["d"], destination: "/t/")
        request.exclude = ["**/*.txt"]
        #expect(try paths(request) == ["t", "t/b.md", "t/e", "t/e/d.md", "t/k"])
        request.exclude = ["e", "*.txt", "!e/c.txt"]
        #expect(try paths(request) == ["t", "t/b.md", "t/e", "t/e/c.txt", "t/k", "t/k/z.txt"])
        request.sources = ["h*"]
        request.exclude = ["*.txt"]
        #expect(try paths(request) == ["t", "t/h.md"])
    }

    @Test func hereDocumentsAreFiles() throws {
        let scene = try CopyScene()
        var request = CopyRequest(.copy, sources: [], destination: "/etc/app.conf")
        request.contents = [CopyRequest.InlineFile(name: "EOF", content: Array("k=v\n".utf8))]
        request.mode = "600"
        #expect(try scene.copy(request) == ["etc d755", "etc/app.conf f600 = k=v\n"])
    }

    @Test func lastingDifferencesAreFound() throws {
        let scene = try CopyScene(context: "mkdir d; echo 1 >d/f; echo 2 >d/g")
        let operation = try scene.operation(CopyRequest(.copy, sources: ["d"], destination: "/t"))
        _ = try operation.contentKey()
        try scene.shell("echo changed >d/f", in: "context")
        let root = try open("\(scene.path)/root")
        #expect { try operation.perform(into: root, owner: nil) } throws: {
            "\($0)" == "/d/f: it was changed during the build"
        }
    }
}
