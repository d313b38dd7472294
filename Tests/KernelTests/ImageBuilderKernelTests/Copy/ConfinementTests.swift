import EngineModel
import Glibc
import LinuxSystem
import Testing

@testable import ImageBuilder

/// Hostile contexts, archives and images: nothing outside is read or written.
struct ConfinementTests {
    @Test(arguments: [
        "/etc/passwd", "../../../../../../etc/passwd", "/proc/1/root/etc/passwd", "/proc/self/root/etc/passwd",
    ])
    func linksOfTheContextStayInIt(target: String) throws {
        let scene = try CopyScene(context: "ln -s '\(target)' l; mkdir d; ln -s '\(target)' d/l; ln -s / up")
        #expect(scene.failure(CopyRequest(.copy, sources: ["l"], destination: "/x")) == "\"/l\": not found")
        #expect(scene.failure(CopyRequest(.copy, sources: ["l*"], destination: "/x")) == "\"/l\": not found")
        #expect(scene.failure(CopyRequest(.copy, sources: ["up/etc/passwd"], destination: "/x")).contains("not found"))
        #expect(
            scene.failure(CopyRequest(.copy, sources: ["*/../../etc/passwd"], destination: "/x")).contains("not found"))
        #expect(
            try scene.copy(CopyRequest(.copy, sources: ["d"], destination: "/x")) == ["x d755", "x/l l -> \(target)"])
    }

    @Test(arguments: ["/../../canary", "../../canary", "/proc/self/root/../canary"])
    func destinationsStayInTheRoot(target: String) throws {
        let scene = try CopyScene(
            context: "echo 1 >f; mkdir d; echo 2 >d/g; tar cf t.tar f", root: "ln -s '\(target)' x")
        try scene.copy(CopyRequest(.copy, sources: ["f"], destination: "/x/"))
        try scene.copy(CopyRequest(.copy, sources: ["d"], destination: "/x/y"))
        try scene.copy(CopyRequest(.copy, sources: ["f"], destination: "/../../../canary/up"))
        try scene.copy(CopyRequest(.add, sources: ["t.tar"], destination: "/x/z"))
        let root = try open("\(scene.path)/root")
        try makeDirectories("/x/w", in: root, owner: FileOwner(uid: 0, gid: 0), epoch: nil)
        #expect(try Files.list(scene.path).contains("canary") == false)
        #expect(!Files.exists("/canary"))
        #expect(try scene.listing().filter { $0.hasSuffix(" = 1\n") }.count == 3)
    }

    @Test func linksInTheWayAreReplacedNotFollowed() throws {
        let scene = try CopyScene(
            context: "mkdir -p d/s; echo new >d/f; echo in >d/s/g",
            root: "mkdir t; echo old >keep; ln -s ../keep t/f; mkdir k")
        try scene.copy(CopyRequest(.copy, sources: ["d"], destination: "/t"))
        #expect(
            try scene.listing() == [
                "k d755", "keep f644 = old\n", "t d755", "t/f f644 = new\n", "t/s d755", "t/s/g f644 = in\n",
            ])
        try scene.shell("rm -r t/s; ln -s ../k t/s", in: "root")
        #expect(scene.failure(CopyRequest(.copy, sources: ["d"], destination: "/t")).contains("cannot take the place"))
        #expect(try Files.list("\(scene.path)/root/k").isEmpty)
        // The destination itself is followed, though: that is how `/var/run` works.
        try scene.copy(CopyRequest(.copy, sources: ["d/f"], destination: "/t/s"))
        #expect(try Files.list("\(scene.path)/root/k") == ["f"])
    }

    @Test func archivesDoNotLeaveTheDestination() throws {
        let scene = try CopyScene(
            context: """
                mkdir s; echo 1 >s/v; ln -s ../.. s/up
                tar cf a.tar -C s --transform 's,^v,../v,' -P v
                tar cf b.tar -C s up; tar rf b.tar -C s --transform 's,^v,up/v,' v
                tar cf c.tar -C s --transform 's,^v,/v,' -P v
                """, root: "mkdir -p a/b/c")
        #expect(scene.failure(CopyRequest(.add, sources: ["a.tar"], destination: "/a/b/c")).contains(".."))
        try scene.copy(CopyRequest(.add, sources: ["b.tar"], destination: "/a/b/c"))
        try scene.copy(CopyRequest(.add, sources: ["c.tar"], destination: "/a/b/c"))
        #expect(try scene.listing().filter { $0.contains(" f") } == ["a/b/c/v f644 = 1\n"])
        #expect(try Files.list(scene.path).contains("v") == false)
    }

    @Test func passwdFilesThatAreTraps() throws {
        for trap in [
            "ln -s /etc/passwd etc/passwd", "mkfifo etc/passwd", "mkdir etc/passwd", "mknod etc/passwd c 1 5",
            "truncate -s 8G etc/passwd",
        ] {
            let scene = try CopyScene(context: "echo >f", root: "mkdir etc; \(trap)")
            var request = CopyRequest(.copy, sources: ["f"], destination: "/")
            request.owner = "root"
            #expect(!scene.failure(request).hasPrefix("nothing thrown"))
        }
    }
}
