import CLinux
import EngineModel
import Glibc
import ImageModel
import LinuxSystem
import Primitives
import StateStore
import SystemPackage

@testable import ImageBuilder

/// A context and a root below a temporary directory, set up by shell scripts; removed at the end.
final class CopyScene {
    let path: String

    /// - Parameters: scripts for /bin/sh, run in the context and in the root; umask 022.
    init(context: String = "", root: String = "") throws {
        var template = Array("/tmp/copy-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for name in ["context", "root", "data", "run"] { mkdir("\(path)/\(name)", 0o755) }
        try shell(context, in: "context")
        try shell(root, in: "root")
    }

    deinit { try? Files.removeTree(path) }

    var access: SourceAccess {
        SourceAccess(
            layout: DataLayout(dataRoot: "\(path)/data", runRoot: "\(path)/run"),
            environment: ["PATH": "/usr/bin:/bin", "HOME": path]
        ) { url, file, limit, _ throws(EngineError) in
            // The web of these tests: the name of the URL's file is its content.
            let content = Array((url.split(separator: "/").last ?? "").utf8)
            guard content.count <= limit else { throw EngineError(.invalid, url, "it is larger than the limit") }
            _ = write(file, content, content.count)
            return FetchedFile(modified: 1_000_000_000)
        }
    }

    func shell(_ script: String, in directory: String) throws {
        if script.isEmpty { return }
        let file = "\(path)/script"
        try Files.replace(file, with: Array("set -eu; umask 022; cd '\(path)/\(directory)'\n\(script)\n".utf8))
        guard system("/bin/sh \(file) >\(path)/script.log 2>&1") == 0 else {
            throw EngineError(.system, script, Files.text("\(path)/script.log") ?? "")
        }
    }

    func tree(dockerfile: String? = "Dockerfile") throws -> CopyTree {
        try BuildContext.open(.directory("\(path)/context"), access: access, cancellation: Cancellation())
            .tree(dockerfile: dockerfile)
    }

    func operation(_ request: CopyRequest, from tree: CopyTree? = nil) throws -> CopyOperation {
        try CopyOperation(request, from: try tree ?? self.tree(), access: access, cancellation: Cancellation())
    }

    func key(_ request: CopyRequest) throws -> String { try operation(request).contentKey().hex }

    /// Copies into the root and lists it.
    @discardableResult
    func copy(_ request: CopyRequest, from tree: CopyTree? = nil) throws -> [String] {
        let root = try Descriptor.open("\(path)/root", O_RDONLY | O_DIRECTORY)
        var owner: FileOwner?
        if let text = request.owner { owner = try RootUsers(root: root).owner(of: text) }
        try operation(request, from: tree).perform(into: root, owner: owner)
        return try listing()
    }

    /// What the copy throws, as text.
    func failure(_ request: CopyRequest, from tree: CopyTree? = nil) -> String {
        do {
            return "nothing thrown: \(try copy(request, from: tree))"
        } catch {
            return "\(error)"
        }
    }

    /// Lines `path type mode [uid:gid] [= content | -> target]`, sorted; owners only if they are not 0:0.
    func listing(_ directory: String = "root") throws -> [String] {
        try lines(below: "\(path)/\(directory)", prefix: "")
    }

    private func lines(below directory: String, prefix: String) throws -> [String] {
        var lines: [String] = []
        for name in try Files.list(directory) {
            var status = stat()
            guard lstat("\(directory)/\(name)", &status) == 0 else { continue }
            let type = status.st_mode & S_IFMT
            var line = "\(prefix)\(name) " + (Self.letters[type] ?? "?") + String(status.st_mode & 0o7777, radix: 8)
            if type == S_IFLNK { line = "\(prefix)\(name) l" }
            if status.st_uid != 0 || status.st_gid != 0 { line += " \(status.st_uid):\(status.st_gid)" }
            if type == S_IFREG { line += " = " + (Files.text("\(directory)/\(name)") ?? "?") }
            if type == S_IFLNK {
                let parent = try Descriptor.open(directory, O_RDONLY | O_DIRECTORY)
                line += " -> " + String(decoding: try linkTarget(cName(name), in: parent), as: UTF8.self)
            }
            lines.append(line)
            if type == S_IFDIR { lines += try self.lines(below: "\(directory)/\(name)", prefix: "\(prefix)\(name)/") }
        }
        return lines
    }

    private static let letters: [mode_t: String] = [
        S_IFREG: "f", S_IFDIR: "d", S_IFIFO: "p", S_IFSOCK: "s", S_IFCHR: "c", S_IFBLK: "b",
    ]
}
