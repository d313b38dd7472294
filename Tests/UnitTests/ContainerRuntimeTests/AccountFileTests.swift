import Glibc
import LinuxSystem
import Testing

@testable import ContainerRuntime

struct AccountFileTests {
    private let directory = "/tmp/compose-account-test-\(getpid())-\(monotonicNanoseconds())"

    /// Writes `text` to `etc/passwd` and returns what is read of it.
    private func lines(of text: [UInt8]) throws -> [String] {
        try Files.makeDirectories(directory + "/etc")
        defer { try? Files.removeTree(directory) }
        try Files.replace(directory + "/etc/passwd", with: text)
        let root = try Descriptor.open(directory, O_PATH | O_DIRECTORY)
        var lines: [String] = []
        try AccountFile.open("etc/passwd", in: root).forEachLine {
            lines.append(String(decoding: $0, as: UTF8.self))
            return true
        }
        return lines
    }

    @Test func linesAreWholeWhereverTheyAreReadApart() throws {
        let names = (0..<20_000).map { "user-\($0)" }
        #expect(try lines(of: Array(names.joined(separator: "\n").utf8)) == names)
        #expect(try lines(of: Array("a\n\nb\n".utf8)) == ["a", "", "b"])
        #expect(try lines(of: []) == [])
    }

    @Test func aLineThatIsTooLongIsPassedOver() throws {
        let long = [UInt8](repeating: 0x78, count: AccountFile.longestLine + 70_000)
        #expect(try lines(of: Array("a\n".utf8) + long + Array("\nb\nc".utf8)) == ["a", "b", "c"])
    }

    @Test func aFileThatIsTooLargeIsTroubleAndNotRead() throws {
        try Files.makeDirectories(directory + "/etc")
        defer { try? Files.removeTree(directory) }
        #expect(truncate(try made("passwd"), AccountFile.limit + 1) == 0)
        let root = try Descriptor.open(directory, O_PATH | O_DIRECTORY)
        let file = try AccountFile.open("etc/passwd", in: root)
        #expect(file.trouble == "is larger than 10 MiB")
        try file.forEachLine { _ in
            Issue.record("it was read")
            return false
        }
        #expect(try AccountFile.open("etc/group", in: root).trouble == "does not exist")
        #expect(symlink("loop", directory + "/etc/loop") == 0)
        #expect(try AccountFile.open("etc/loop", in: root).trouble == "is a link that leads nowhere")
        #expect(try AccountFile.open("etc", in: root).trouble == "is not a regular file")
    }

    @Test func anAnswerHoldsAsLongAsTheFileIsTheSame() throws {
        try Files.makeDirectories(directory + "/etc")
        defer { try? Files.removeTree(directory) }
        try Files.replace(directory + "/etc/passwd", with: Array("a:x:1:1::/:\n".utf8))
        let root = try Descriptor.open(directory, O_PATH | O_DIRECTORY)
        let first = try AccountFile.open("etc/passwd", in: root).version
        #expect(try AccountFile.open("etc/passwd", in: root).version == first)
        try Files.write("a:x:22:2::/:\n", to: directory + "/etc/passwd")
        #expect(first != nil)
        #expect(try AccountFile.open("etc/passwd", in: root).version != first)
    }

    private func made(_ name: String) throws -> String {
        try Files.replace("\(directory)/etc/\(name)", with: [])
        return "\(directory)/etc/\(name)"
    }
}
