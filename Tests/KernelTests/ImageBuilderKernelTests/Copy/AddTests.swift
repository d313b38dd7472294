import EngineModel
import Glibc
import LinuxSystem
import Primitives
import SystemPackage
import Testing

@testable import ImageBuilder

func open(_ path: String) throws -> Descriptor { try Descriptor.open(path, O_RDONLY | O_DIRECTORY) }

struct AddTests {
    @Test(arguments: ["cf", "czf", "cjf", "cJf"]) func archivesAreUnpackedByContent(options: String) throws {
        let scene = try CopyScene(
            context: """
                mkdir s; printf 1 >s/f; chmod 600 s/f; chown 3:4 s/f; ln -s f s/l
                tar \(options) data.bin -C s .; tar \(options) twice.bin s/f
                """, root: "mkdir t; chmod 700 t")
        var request = CopyRequest(.add, sources: ["data.bin"], destination: "/t")
        #expect(try scene.copy(request) == ["t d755", "t/f f600 3:4 = 1", "t/l l -> f"])
        request.owner = "9:9"
        #expect(
            try scene.copy(request)
                == ["t d755 9:9", "t/f f600 9:9 = 1", "t/l l -> f"].map {
                    $0.hasPrefix("t/l") ? "t/l l 9:9 -> f" : $0
                })
        try scene.shell("rm -r t", in: "root")
        request.unpack = false
        #expect(try scene.copy(request).count == 1)
        try scene.shell("rm t", in: "root")
        var copy = CopyRequest(.copy, sources: ["data.bin"], destination: "/t")
        copy.workingDirectory = "/"
        #expect(try scene.copy(copy).count == 1)
    }

    @Test func compressedFilesThatAreNoArchivesAreCopied() throws {
        let scene = try CopyScene(context: "echo text | gzip >a.gz; printf x >b; : >c; head -c 2000 /dev/zero >d")
        let listing = try scene.copy(CopyRequest(.add, sources: ["*"], destination: "/"))
        #expect(listing.map { $0.prefix { $0 != " " } } == ["a.gz", "b", "c", "d"])
    }

    @Test func filesFromServersAreNotUnpacked() throws {
        let scene = try CopyScene()
        var request = CopyRequest(.add, sources: ["https://host/dir/a%20b?x=1#y"], destination: "/t/")
        // The double answers with the end of the URL.
        #expect(try scene.copy(request) == ["t d755", "t/a b f600 = a%20b?x=1#y"])
        try scene.shell("test $(stat -c %Y 't/a b') = 1000000000", in: "root")
        request.checksum = "sha256:" + String(repeating: "0", count: 64)
        #expect(scene.failure(request).contains("as --checksum demands"))
        request.checksum = "md5:1"
        #expect(scene.failure(request).contains("sha256: and 64 digits"))
        request.sources = ["file:///etc/passwd"]
        request.checksum = nil
        #expect(scene.failure(request).contains("not found"))
        #expect(scene.failure(CopyRequest(.copy, sources: ["http://host/a"], destination: "/")).contains("only ADD"))
    }

    @Test func downloadsEndAtTheLimit() throws {
        let scene = try CopyScene()
        var access = scene.access
        access.limit = 3
        #expect(throws: EngineError.self) {
            _ = try CopyOperation(
                CopyRequest(.add, sources: ["http://host/abcd"], destination: "/"), from: nil, access: access,
                cancellation: Cancellation())
        }
        #expect(try Files.list("\(scene.path)/data/tmp").isEmpty)
    }
}
