import EngineModel
import Testing

@testable import ImageBuilder

struct SourceTests {
    @Test func gitSourcesAreToldFromPathsAndFiles() {
        for source in [
            "https://h/x.git", "http://h/x.git#main", "https://h/x.git?ref=v1", "git@h:x", "git://h/x", "ssh://git@h/x",
        ] { #expect(GitReference.isGit(source), "\(source)") }
        for source in [
            "https://h/x", "https://h/x.tar", "./git@h:x", "dir/x.git", "file:///x.git", "ext::sh -c x", "a:b@c",
        ] {
            #expect(!GitReference.isGit(source), "\(source)")
        }
    }

    @Test func fragmentsAndQueriesName() throws {
        let plain = try GitReference("https://u:secret@h/x.git#v1:a/b", allowsFiles: false)
        #expect(plain.remote == "https://u:secret@h/x.git" && plain.reference == "v1" && plain.subdirectory == "a/b")
        #expect(plain.shown == "https://h/x.git")
        #expect(GitReference.shown("https://u:secret@h/x.git#v1:a/b") == "https://h/x.git#v1:a/b")
        let query = try GitReference("git@h:x.git?branch=b&subdir=d&keep-git-dir&submodules=false", allowsFiles: false)
        #expect(query.reference == "refs/heads/b" && query.subdirectory == "d" && query.keepsGitDirectory)
        #expect(!query.takesSubmodules && query.remote == "git@h:x.git")
        #expect(try GitReference("github.com/o/r#:d", allowsFiles: true).remote == "https://github.com/o/r")
    }

    @Test(arguments: [
        "https://h/x.git#-v", "https://h/x.git#a..b", "https://h/x.git#+a", "https://h/x.git#a b",
        "https://h/x.git?x=1",
        "https://h/x.git#a:../b", "https://h/x.git?ref=a&ref=b", "https://h/x.git?ref=a&tag=b",
        "https://h/x.git?checksum=zz",
        "https://h/x.git?submodules=maybe", "file:///x.git", "github.com/o/r", "-x@h:y",
    ]) func whatGitMustNotGetIsRefused(source: String) {
        #expect(throws: EngineError.self) { try GitReference(source, allowsFiles: false) }
    }

    @Test func filesOfServersGetTheNameInTheirPath() {
        let names = [
            "http://h/a/b.tar?x=/y", "https://h", "https://h/", "http://h/a%2Fb%20c/", "http://h/..", "HTTP://h/x#/y",
        ]
        #expect(
            names.map { RemoteFile($0)?.name } == ["b.tar", "__unnamed__", "__unnamed__", "b c", "__unnamed__", "x"])
        #expect(RemoteFile("https://u:p@h/x?token=t")?.shown == "https://h/x")
        #expect(RemoteFile("file:///etc/passwd") == nil)
    }

    @Test func modesAreNumbersOrChanges() throws {
        let file = { (text: String, mode: UInt32) throws in try ModeChange(text).applied(to: mode, isDirectory: false) }
        #expect(try file("755", 0o600) == 0o755)
        #expect(try file("04755", 0) == 0o4755)
        #expect(try file("u+x,go-rwx", 0o666) == 0o700)
        #expect(try file("a=rX", 0o640) == 0o444)
        #expect(try file("+x", 0o644) == 0o755)
        #expect(try file("u+s,g+s,+t", 0o755) == 0o7755)
        #expect(try file("g=u,o=", 0o754) == 0o770)
        #expect(try file("u=rw", 0o4755) == 0o655)
        #expect(try ModeChange("go=rX").applied(to: 0o700, isDirectory: true) == 0o755)
        for text in ["", "8", "17777", "u", "u+q", "rwx", "u+x;", "-1"] {
            #expect(throws: EngineError.self) { try ModeChange(text) }
        }
    }

    @Test func ownersComeFromTheImage() throws {
        let users = RootUsers(passwd: "app:x:5:6::/:\n12:x:0:0::/:\nbad:x:4294967296:0::/:\n", group: "web:x:9:\n")
        let owner = { (text: String) throws in try users.owner(of: text) }
        #expect(try owner("app") == FileOwner(uid: 5, gid: 6))
        #expect(try owner("app:web") == FileOwner(uid: 5, gid: 9))
        #expect(try owner("12") == FileOwner(uid: 12, gid: 12))
        #expect(try owner("12:0") == FileOwner(uid: 12, gid: 0))
        for text in ["", ":", "app:", "nobody", "bad", "2147483648", "4294967296", "app:none", "-1", "1e3", "0x10"] {
            #expect(throws: EngineError.self, "\(text)") { try owner(text) }
        }
    }

    @Test func destinationsAreCleaned() {
        let path = { (text: String) in
            let path = DestinationPath(text, workingDirectory: "/w/d")
            return path.shown + (path.isDirectory && !path.components.isEmpty ? "/" : "")
        }
        #expect(
            ["", ".", "./", "..", "x", "x/", "x/.", "/x//y/../z", "/", "../../../.."].map(path) == [
                "/w/d/", "/w/d/", "/w/d/", "/w", "/w/d/x", "/w/d/x/", "/w/d/x/", "/x/z", "/", "/",
            ])
    }
}
