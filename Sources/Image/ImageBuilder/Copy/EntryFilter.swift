internal import Dockerfile
internal import EngineModel

/// Which entries below a source directory are meant: not ignored, not excluded, and with `--parents` only what the
/// pattern after the pivot names.
struct EntryFilter: Sendable {
    enum Verdict: Sendable, Hashable {
        case included
        /// Not itself, but something below it may be: then it is made as well.
        case onlyBelow
        case left
    }

    var tree: CopyTree
    /// Of the source directory, from the tree's root, without links.
    var base: String
    private var wanted: IgnoreFile?
    private var wantedComponents: [String] = []
    private var unwanted: IgnoreFile?

    /// - Parameters:
    ///   - pattern: what `--parents` takes from the directory.
    ///   - exclude: patterns of `--exclude`, from the directory.
    init(tree: CopyTree, base: String, pattern: [String]?, exclude: [String]) throws(EngineError) {
        self.tree = tree
        self.base = base
        if let pattern, !pattern.isEmpty {
            wanted = try Self.patterns([pattern.joined(separator: "/")], "--parents")
            wantedComponents = pattern
        }
        if !exclude.isEmpty { unwanted = try Self.patterns(exclude, "--exclude") }
    }

    private static func patterns(_ patterns: [String], _ option: String) throws(EngineError) -> IgnoreFile {
        do throws(PatternError) {
            return try IgnoreFile(patterns: patterns)
        } catch {
            throw EngineError(.invalid, option, error.description)
        }
    }

    /// - Parameter path: below the source directory.
    func verdict(_ path: String, _ status: FileStatus) -> Verdict {
        let isDirectory = status.isDirectory
        // Sockets of the host are of no use in an image.
        if tree.owners == .root && status.isSocket { return .left }
        var verdict = Verdict.included
        if let wanted, !wanted.excludes(path, isDirectory: isDirectory) {
            guard isDirectory && mayHoldWanted(path) else { return .left }
            verdict = .onlyBelow
        }
        if let unwanted, unwanted.excludes(path, isDirectory: isDirectory) {
            guard isDirectory && unwanted.mayInclude(below: path) else { return .left }
            verdict = .onlyBelow
        }
        let whole = base.isEmpty ? path : "\(base)/\(path)"
        if let excludes = tree.excludes, excludes(whole, isDirectory) {
            guard isDirectory && tree.mayIncludeBelow?(whole) == true else { return .left }
            verdict = .onlyBelow
        }
        return verdict
    }

    /// Whether a single file of this name is left out by `--exclude`.
    func leavesOut(file name: String) -> Bool { unwanted?.excludes(name, isDirectory: false) == true }

    private func mayHoldWanted(_ path: String) -> Bool {
        for (component, pattern) in zip(path.split(separator: "/"), wantedComponents) {
            if SourcePath.hasWildcards(pattern) { return true }
            if component != pattern { return false }
        }
        return true
    }
}
