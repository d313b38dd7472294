import Glibc
import LinuxSystem
import Testing

/// Debian's docker-registry on a free port of loopback, with its data in a folder of its own; ended and removed with
/// the value.
final class LoopbackRegistry {
    /// `127.0.0.1:PORT`
    let host: String
    private let folder: String
    private let server: Command

    /// - Parameter user: a name and a password, without which nothing is given out.
    init(user: (name: String, password: String)? = nil) throws {
        var template = Array("/tmp/compose-e2e-registry-XXXXXX".utf8CString)
        folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        host = "127.0.0.1:\(try Host.freePort())"
        var lines = [
            "version: 0.1", "log: {level: info}", "storage: {filesystem: {rootdirectory: \(folder)/data}}",
            "http: {addr: '\(host)'}",
        ]
        if let user {
            let line = Host.run(["/usr/bin/htpasswd", "-nbB", user.name, user.password])
            try Files.replace(folder + "/htpasswd", with: Array(line.joined(separator: "\n").utf8))
            lines.append("auth: {htpasswd: {realm: test, path: \(folder)/htpasswd}}")
        }
        try Files.replace(folder + "/config.yml", with: Array(lines.joined(separator: "\n").utf8))
        let unpacked = realpath(".build/tools/usr/bin/docker-registry", nil)
        defer { free(unpacked) }
        let program = unpacked.map { String(cString: $0) } ?? "/usr/bin/docker-registry"
        server = try Command([program, "serve", folder + "/config.yml"], environment: [], directory: folder)
        try eventually("\(program) listens") {
            server.errors.contains("listening on") || server.output.contains("listening on")
        }
    }

    deinit {
        server.signal(SIGKILL)
        try? Files.removeTree(folder)
    }

    /// The requests that `body` makes it get, `GET /v2/…`.
    func requests(during body: () throws -> Void) throws -> [String] {
        let before = requests.count
        try body()
        return Array(requests.dropFirst(before))
    }

    /// The digest that skopeo finds under a name.
    func digest(of name: String) throws -> String {
        try Self.skopeo("inspect", "--tls-verify=false", "--format", "{{.Digest}}", "docker://\(host)/\(name)").text
    }

    private var requests: [String] {
        server.output.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("127.0.0.1 - ") else { return nil }
            let quoted = line.split(separator: "\"", omittingEmptySubsequences: false)
            return quoted.count > 1 ? quoted[1].split(separator: " ").prefix(2).joined(separator: " ") : nil
        }
    }

    @discardableResult
    static func skopeo(
        _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        let environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/nonexistent"]
        let line = ["/usr/bin/skopeo", "--insecure-policy"] + arguments
        return try Command(line, environment: environment, directory: "/tmp").finish()
            .succeeds(sourceLocation: sourceLocation)
    }
}

extension Project {
    /// What `image inspect` shows of an image.
    func image(_ name: String, _ template: String) throws -> String {
        try compose("image", "inspect", "--format", template, name).succeeds().text
    }

    /// The digest of an image's manifest, known after a pull or a push.
    func digest(of name: String) throws -> String {
        let digests = try image(name, "{{join .RepoDigests \" \"}}")
        return try #require(digests.split(separator: "@").last.map(String.init), "no digest of \(name) is known")
    }
}
