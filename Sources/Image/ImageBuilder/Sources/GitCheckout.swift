internal import CLinux
public import EngineModel
internal import Glibc
internal import LinuxSystem
public import Primitives
internal import SystemPackage

/// Fetches the files of a Git repository with the `git` program.
///
/// The repository is not trusted: no hooks, no filters, no protocols but those that were asked for; submodules only
/// over the network. What it holds is only ever touched through descriptors.
struct GitCheckout {
    private let environment: [String: String]
    private let cancellation: Cancellation

    init(_ access: SourceAccess, _ cancellation: Cancellation) {
        self.init(environment: access.environment, cancellation)
    }

    init(environment: [String: String], _ cancellation: Cancellation) {
        self.environment = environment
        self.cancellation = cancellation
    }

    /// Checks out into a directory below `target`.
    ///
    func fetch(_ reference: GitReference, into target: FetchedDirectory) throws(EngineError) -> FetchedCommit {
        let path = target.path + "/repository"
        let commit = try checkOut(reference, to: path)
        return FetchedCommit(id: commit, root: try open(path, reference))
    }

    /// Checks all of the repository out into a directory that is made for it.
    ///
    /// - Returns: the id of the commit.
    fileprivate func checkOut(_ reference: GitReference, to path: String) throws(EngineError) -> String {
        guard mkdir(path, 0o755) == 0 else {
            throw copyError(reference.shown, "making a directory for it", Errno(rawValue: errno))
        }
        let git = Git(path, reference, environment, cancellation)
        try git.run(["init", "--quiet", "--template="])
        try git.run(["config", "remote.origin.url", reference.remote])
        let commit = try fetchCommit(reference, git)
        if let wanted = reference.commit, !commit.hasPrefix(wanted) {
            throw EngineError(
                .invalid, reference.shown,
                "\(reference.reference.isEmpty ? "HEAD" : reference.reference) is commit \(commit), not \(wanted)")
        }
        try git.run(["checkout", "--quiet", "--detach", commit])
        if reference.takesSubmodules, Files.exists(path + "/.gitmodules") {
            try git.run(["submodule", "update", "--quiet", "--init", "--recursive", "--depth=1"])
        }
        if reference.keepsGitDirectory {
            // The URL may hold a password.
            try git.run(["config", "remote.origin.url", reference.shown])
        }
        return commit
    }

    /// Checks out into `directory/COMMIT`, unless that is there.
    fileprivate func keep(_ reference: GitReference, below directory: String) throws(EngineError) -> String {
        if reference.reference.utf8.count >= 40, reference.mayBeCommit,
            Files.exists("\(directory)/\(reference.reference)")
        {
            return "\(directory)/\(reference.reference)"
        }
        var random = SystemRandomNumberGenerator()
        let temporary = "\(directory)/.new-\(String(random.next(), radix: 16))"
        defer { try? Files.removeTree(temporary) }
        let commit = try checkOut(reference, to: temporary)
        do throws(Errno) {
            let root = try Descriptor.open(temporary, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            try Self.settle(root, keepsGit: false, depth: 0)
            let place = "\(directory)/\(commit)"
            // Somebody else's is the same.
            if !Files.exists(place) { _ = rename(temporary, place) }
            guard Files.exists(place) else { throw Errno(rawValue: errno) }
            return place
        } catch {
            throw copyError(reference.shown, "keeping what was fetched", error)
        }
    }

    /// The whole id of the commit, which is in the repository afterwards.
    private func fetchCommit(_ reference: GitReference, _ git: Git) throws(EngineError) -> String {
        let name = reference.reference.isEmpty ? "HEAD" : reference.reference
        let shallow = ["fetch", "--quiet", "--depth=1", "--no-tags", "--", "origin", name]
        if !reference.mayBeCommit {
            // Plain files on a web server can only be fetched whole.
            if let failure = try git.attempt(shallow) {
                try git.run(failure.contains("dumb http") ? shallow.filter { $0 != "--depth=1" } : shallow)
            }
            return try git.commit("FETCH_HEAD")
        }
        // A branch may look like the id of a commit; not every server gives single commits.
        if try git.attempt(shallow) == nil { return try git.commit("FETCH_HEAD") }
        let all = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"]
        try git.run(["fetch", "--quiet", "--no-tags", "--", "origin"] + all)
        return try git.commit(name)
    }

    private func open(_ path: String, _ reference: GitReference) throws(EngineError) -> Descriptor {
        do throws(Errno) {
            let root = try Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            try Self.settle(root, keepsGit: reference.keepsGitDirectory, depth: 0)
            let components = SourcePath.components(reference.subdirectory)
            if components.isEmpty { return root }
            return try root.open(
                at: components.joined(separator: "/"), O_RDONLY | O_DIRECTORY, resolve: [.inRoot, .noMagicLinks])
        } catch {
            if error == .noSuchFileOrDirectory || error == .notDirectory {
                throw EngineError(
                    .notFound, reference.shown, "it has no directory \"\(reference.subdirectory)\"")
            }
            throw copyError(reference.shown, "opening what was fetched", error)
        }
    }

    /// Takes out Git's files (no commit can hold such a name), and gives everything the mode that Git knows of: the
    /// process's umask is of no meaning here.
    private static func settle(_ directory: borrowing Descriptor, keepsGit: Bool, depth: Int) throws(Errno) {
        try systemCall { fchmod(directory.raw, 0o755) }
        guard depth < 255 else { throw .fileNameTooLong }
        for name in try Files.names(in: directory) {
            if name == gitName {
                if !keepsGit { try Files.removeTree(at: name, in: directory) }
                continue
            }
            var status = stat()
            try systemCall { fstatat(directory.raw, name, &status, AT_SYMLINK_NOFOLLOW) }
            if status.st_mode & S_IFMT == S_IFLNK { continue }
            let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
            let child = Descriptor(owning: try systemCall { openat(directory.raw, name, flags) })
            if status.st_mode & S_IFMT == S_IFDIR {
                try settle(child, keepsGit: keepsGit, depth: depth + 1)
            } else {
                let mode: mode_t = status.st_mode & 0o100 == 0 ? 0o644 : 0o755
                try systemCall { fchmod(child.raw, mode) }
            }
        }
    }
}

/// What a Git reference led to.
struct FetchedCommit: ~Copyable {
    let id: String
    /// The open directory that the reference means, with Git's own files only if they were asked for.
    let root: Descriptor
}

/// Fetches a repository, whole and to stay, into `directory/COMMIT`.
///
/// - Parameter directory: private to the caller, on the host.
/// - Returns: the path; what lies below it is not trusted.
public func keepRepository(
    _ reference: GitReference, below directory: String, environment: [String: String], cancellation: Cancellation
) throws(EngineError) -> String {
    try GitCheckout(environment: environment, cancellation).keep(reference, below: directory)
}

private let gitName = cName(".git")

/// Git on one repository.
private struct Git {
    private let directory: String
    private let reference: GitReference
    private let program: HostProgram

    init(
        _ directory: String, _ reference: GitReference, _ environment: [String: String], _ cancellation: Cancellation
    ) {
        self.directory = directory
        self.reference = reference
        var variables: [String: String] = [:]
        let wanted: Set = [
            "PATH", "HOME", "USER", "LANG", "SSH_AUTH_SOCK", "http_proxy", "https_proxy", "HTTPS_PROXY", "no_proxy",
            "NO_PROXY", "all_proxy", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSH_COMMAND", "XDG_CONFIG_HOME",
        ]
        for (name, value) in environment where wanted.contains(name) { variables[name] = value }
        variables["GIT_TERMINAL_PROMPT"] = "0"
        variables["GIT_CONFIG_NOSYSTEM"] = "1"
        variables["GIT_LFS_SKIP_SMUDGE"] = "1"
        variables["GIT_SSH_COMMAND"] = variables["GIT_SSH_COMMAND"] ?? "ssh -o BatchMode=yes"
        program = HostProgram(name: "git", environment: variables, cancellation: cancellation)
    }

    func run(_ arguments: [String]) throws(EngineError) {
        guard let failure = try attempt(arguments) else { return }
        throw EngineError(.unavailable, reference.shown, "git \(arguments[0]): \(failure)")
    }

    /// What git said of its failure; nil if there was none.
    func attempt(_ arguments: [String]) throws(EngineError) -> String? {
        let result = try result(arguments)
        if result.code == 0 { return nil }
        let lines = result.errors.split(separator: "\n").map { line in
            line.split(separator: " ").map { GitReference.withoutSecrets(String($0)) }.joined(separator: " ")
        }
        let cause = lines.first { $0.hasPrefix("fatal: ") || $0.hasPrefix("error: ") } ?? lines.last
        return cause.map { String($0.drop { $0 != " " }.dropFirst()) } ?? "exit code \(result.code)"
    }

    func commit(_ name: String) throws(EngineError) -> String {
        let result = try result(["rev-parse", "--verify", "--quiet", "\(name)^{commit}"])
        let text = String(decoding: result.output, as: UTF8.self).filter { !$0.isWhitespace }
        guard result.code == 0, text.utf8.count >= 40, GitReference.isCommit(text) else {
            throw EngineError(.notFound, reference.shown, "it has no branch, tag or commit \"\(name)\"")
        }
        return text
    }

    private func result(_ arguments: [String]) throws(EngineError) -> HostProgram.Result {
        let isFile = reference.remote.lowercased().hasPrefix("file://")
        let settings = [
            "protocol.allow=never", "protocol.https.allow=always", "protocol.http.allow=always",
            "protocol.ssh.allow=always", "protocol.git.allow=always",
            // Submodules never come from files of this host.
            "protocol.file.allow=\(isFile && arguments[0] == "fetch" ? "always" : "never")",
            "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.autocrlf=false", "advice.detachedHead=false",
            "filter.lfs.smudge=", "filter.lfs.process=", "filter.lfs.required=false", "submodule.recurse=false",
            "gc.auto=0", "safe.directory=*", "transfer.fsckObjects=true",
        ]
        do throws(Errno) {
            let result = try program.run(settings.flatMap { ["-c", $0] } + ["-C", directory] + arguments)
            if program.cancellation.isCancelled { throw .canceled }
            return result
        } catch {
            switch error {
            case .canceled: throw EngineError(.cancelled, reference.shown, "cancelled")
            case .noSuchFileOrDirectory:
                throw EngineError(
                    .unavailable, reference.shown, "the program git is needed to fetch it and is not installed",
                    hint: "install git")
            default: throw copyError(reference.shown, "running git", error)
            }
        }
    }
}
