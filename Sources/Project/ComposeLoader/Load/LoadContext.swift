import ComposeModel
import YAML

/// What one load shares: the files read so far, warnings, the way to the file system.
final class LoadContext {
    let files: any FileProvider
    /// As the user named them; a mark's `file` is an index here.
    private(set) var fileNames: [String] = []
    private(set) var warnings: [Diagnostic] = []
    private var warned: Set<String> = []
    private var unset: Set<String> = []
    private(set) var problems = ProblemList()
    /// Base services of `extends`, by file and directory, so that a file is read once.
    var extendsCache: [String: Mapping] = [:]
    /// Keys of `extendsCache` whose file cannot be read; the reason is reported.
    var unreadable: Set<String> = []
    /// Bytes read so far.
    private var bytesRead = 0
    /// Values that services got from those they extend.
    private var inherited = 0
    /// Bytes that variables added.
    private var bytesAdded = 0
    /// Files that were read ahead, by path.
    private var readAhead: [String: [Document]] = [:]
    /// Where the files are, in the order of `fileNames`.
    private var filePaths: [String] = []
    /// Standard input can be read only once.
    private var standardInput: [UInt8] = []

    static let fileLimit = 16 << 20

    init(files: any FileProvider) {
        self.files = files
    }

    /// Counts what variables add to the files; false when it is too much.
    func grows(by bytes: Int) -> Bool {
        bytesAdded += max(bytes, 0)
        return bytesAdded <= Self.fileLimit
    }

    private static let inheritedLimit = 1_000_000

    /// Counts values that a service inherits; false when it is too much.
    func inherits(_ values: Int) -> Bool {
        inherited += values
        return inherited <= Self.inheritedLimit
    }

    func warn(_ message: String) {
        if warned.insert(message).inserted { warnings.append(Diagnostic(message)) }
    }

    /// Once for each name; thousands of uses of one are quick.
    func warnUnset(_ name: String) {
        guard unset.insert(name).inserted else { return }
        warn("The \"\(name)\" variable is not set. Defaulting to a blank string.")
    }

    // MARK: Gaps

    private var foundGaps: [(mark: Mark, gap: AttributeGap)] = []

    /// Notes a value that nothing can be done with.
    ///
    /// - Parameter shown: how its path is written; nil as it is.
    func note(
        _ reason: String, _ effect: AttributeGap.Effect, _ keys: [String], shown: String? = nil, at mark: Mark
    ) {
        let gap = AttributeGap(
            keys: keys, path: shown ?? joined(keys), place: diagnostic("", at: mark).place, effect: effect,
            reason: reason)
        if !foundGaps.contains(where: { $0.gap == gap }) { foundGaps.append((mark, gap)) }
    }

    /// All that were noted, in the order of the files.
    var gaps: [AttributeGap] {
        foundGaps.enumerated().sorted { left, right in
            func key(_ mark: Mark) -> (UInt16, UInt32, UInt32) { (mark.file, mark.line, mark.column) }
            let (first, second) = (key(left.element.mark), key(right.element.mark))
            return first == second ? left.offset < right.offset : first < second
        }.map(\.element.gap)
    }

    // MARK: Problems

    func report(_ failure: LoadFailure) { problems.add(failure) }

    /// Reports what is wrong with the value at `path`, for which the caller puts `.refused`.
    func report(_ message: String, path: [String], at mark: Mark) {
        problems.add(diagnostic(message, path: joined(path), at: mark))
        problems.spoil(joined(path))
    }

    func countProblem() { problems.count() }

    func spoil(_ path: [String]) { problems.spoil(joined(path)) }

    /// Reports something without which the project is not all there.
    func reportIncomplete(_ failure: LoadFailure) {
        problems.add(failure)
        problems.isIncomplete = true
    }

    func isSpoiled(_ path: [String]) -> Bool { problems.isSpoiled(path) }

    /// - Throws: what has been reported, with the lines of the files.
    func finish() throws(LoadFailure) {
        guard !problems.isEmpty else { return }
        var failure = problems.failure(files: fileNames)
        var lines = SourceLines(failure.problems.map { ($0.file, $0.line, $0.column) })
        for (name, path) in zip(fileNames, filePaths) where lines.isWanted(name) {
            let bytes = path == "-" ? standardInput : (try? files.read(path, limit: Self.fileLimit)) ?? []
            lines.read(bytes, of: name)
        }
        for index in failure.problems.indices { failure.problems[index].source = lines[index] }
        throw failure
    }

    func failure(_ message: String, path: String = "", at mark: Mark) -> LoadFailure {
        LoadFailure([diagnostic(message, path: path, at: mark)])
    }

    func diagnostic(_ message: String, path: String = "", at mark: Mark) -> Diagnostic {
        guard mark.line > 0, Int(mark.file) < fileNames.count else { return Diagnostic(message, path: path) }
        return Diagnostic(
            message, path: path, file: fileNames[Int(mark.file)], line: Int(mark.line), column: Int(mark.column))
    }

    /// Brings a file from elsewhere here; nil when `source` is a path.
    func fetch(_ source: String) throws(LoadFailure) -> RemoteComposeFile? {
        do {
            return try files.fetch(source)
        } catch {
            throw LoadFailure(error.reason, file: error.path)
        }
    }

    /// Reads and parses a file that `documents` will be asked for once more.
    func readAhead(_ path: String, name: String) throws(LoadFailure) -> [Document] {
        let documents = try documents(of: path, name: name)
        readAhead[path] = documents
        return documents
    }

    /// Reads and parses a file; `name` is how messages call it.
    func documents(of path: String, name: String) throws(LoadFailure) -> [Document] {
        if let documents = readAhead.removeValue(forKey: path) { return documents }
        let bytes: [UInt8]
        do {
            bytes = try files.read(path, limit: Self.fileLimit)
        } catch {
            throw LoadFailure(error.reason, file: name)
        }
        bytesRead += bytes.count
        if bytesRead > 4 * Self.fileLimit { throw LoadFailure("the files are too large together", file: name) }
        if fileNames.count > 10_000 { throw LoadFailure("too many files", file: name) }
        fileNames.append(name)
        filePaths.append(path)
        if path == "-" { standardInput = bytes }
        do {
            let documents = try parseYAML(bytes, file: UInt16(fileNames.count - 1))
            for document in documents {
                for duplicate in document.duplicates {
                    problems.add(diagnostic(duplicate.message, at: duplicate.mark))
                }
            }
            return documents
        } catch {
            throw failure(error.message, at: error.mark)
        }
    }
}

/// A path inside a document, for messages: `services.web.ports[0]`.
func joined(_ path: some Sequence<String>) -> String {
    var text = ""
    for part in path {
        if !part.hasPrefix("["), !text.isEmpty { text += "." }
        text += part
    }
    return text
}
