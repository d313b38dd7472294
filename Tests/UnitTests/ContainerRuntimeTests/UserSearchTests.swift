import Testing

@testable import ContainerRuntime

struct UserSearchTests {
    private let passwd = """
        root:x:0:0:root:/root:/bin/sh
        app:x:1000:1000::/home/app:/bin/sh
        4294967296:x:0:0::/:/bin/sh
        1001:x:0:0::/:/bin/sh
        odd:x:5:6::relative:/bin/sh
        broken:x:notanumber:0::/:
        """
    private let group = "root:x:0:\napp:x:1000:\nextra:x:2000:app,root\n3000:x:1:\nempty:x:2001:\n"

    private func identity(
        _ specification: String, additional: [String] = [], trouble: String? = nil
    ) throws -> UserIdentity {
        var search = try UserSearch(specification, additional: additional)
        search.passwdTrouble = trouble
        search.groupTrouble = trouble
        guard trouble == nil else { return try search.identity() }
        for line in passwd.split(separator: "\n") {
            guard Array(line.utf8).withUnsafeBytes({ search.readPasswd($0) }) else { break }
        }
        for line in group.split(separator: "\n") {
            guard Array(line.utf8).withUnsafeBytes({ search.readGroup($0) }) else { break }
        }
        return try search.identity()
    }

    @Test(
        arguments: [
            ("", 0, 0, [0, 2000], "/root"), ("root", 0, 0, [0, 2000], "/root"),
            ("app", 1000, 1000, [1000, 2000], "/home/app"),
            ("1000", 1000, 1000, [1000, 2000], "/home/app"), ("app:extra", 1000, 2000, [2000], "/home/app"),
            ("1000:7", 1000, 7, [7], "/home/app"), ("1001", 1001, 0, [0], "/"), ("1", 1, 0, [0], "/"),
            (":5", 0, 5, [5], "/root"),
            ("0010:3000", 10, 3000, [3000], "/"), ("odd", 5, 6, [6], "/"), ("2147483647", 2_147_483_647, 0, [0], "/"),
        ] as [(String, UInt32, UInt32, [UInt32], String)])
    func specificationsAreNumbersOrNames(
        text: String, uid: UInt32, gid: UInt32, groups: [UInt32], home: String
    ) throws {
        #expect(
            try identity(text)
                == UserIdentity(uid: uid, gid: gid, groups: groups, home: home))
    }

    @Test(arguments: [
        "4294967296", "2147483648", "-1", "1e3", "0x10", "1000:", ":", "1000:4294967296", "nobody-here", "app:nothing",
        "broken", "a:b:c", "999999999999999999999999999999", "app ", "app:-1",
    ]) func nothingFallsBackToRoot(text: String) {
        #expect(throws: RuntimeError.self) { try identity(text) }
    }

    @Test func additionalGroupsAreAddedOnce() throws {
        #expect(try identity("app", additional: ["empty", "77", "extra"]).groups == [1000, 2000, 2001, 77])
        #expect(throws: RuntimeError.self) { try identity("app", additional: ["missing"]) }
    }

    @Test(arguments: ["", "0", "root", "root:root", "0:root"]) func rootIsThereWithoutUsableFiles(text: String) throws {
        #expect(
            try identity(text, trouble: "is not a regular file")
                == UserIdentity(uid: 0, gid: 0, groups: [0], home: "/"))
        #expect(try identity("1000:5", trouble: "is not a regular file").uid == 1000)
        let error = try #require(throws: RuntimeError.self) { try identity("app", trouble: "is not a regular file") }
        #expect(error.detail == "the image's /etc/passwd is not a regular file")
    }
}
