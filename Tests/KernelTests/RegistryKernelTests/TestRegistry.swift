import Glibc
import LinuxSystem
import Primitives
import SystemPackage

/// Debian's docker-registry on a free port of loopback, with its data in a directory of its own; ended and removed with
/// the value.
final class TestRegistry {
    struct Options {
        /// With a certificate for `localhost` of an authority that nobody knows.
        var tls = false
        /// Name and password that it asks for.
        var user: (name: String, password: String)?
    }

    let directory: String
    /// `localhost:PORT`
    let host: String
    private let process: pid_t
    private var log: String { "\(directory)/log" }
    /// The authority's certificate, as /etc/docker/certs.d has it.
    var certificates: String { "\(directory)/certs.d" }

    init(_ options: Options = Options()) throws {
        directory = "/tmp/compose-registry-\(getpid())-\(monotonicNanoseconds())"
        let port = try Self.freePort()
        host = "localhost:\(port)"
        try Files.makeDirectories("\(directory)/data")
        var lines = [
            "version: 0.1", "log: {level: info}",
            "storage: {filesystem: {rootdirectory: \(directory)/data}, delete: {enabled: true}}", "http:",
            "  addr: 127.0.0.1:\(port)",
        ]
        if options.tls {
            try Self.makeCertificates(directory, host: host)
            lines.append("  tls: {certificate: \(directory)/server.crt, key: \(directory)/server.key}")
        }
        if let user = options.user {
            let line = try TestProgram.run(["htpasswd", "-nbB", user.name, user.password], in: directory)
            try Files.replace("\(directory)/htpasswd", with: Array(line.utf8))
            lines.append("auth: {htpasswd: {realm: test, path: \(directory)/htpasswd}}")
        }
        let path = "\(directory)/config.yml"
        try Files.replace(path, with: Array((lines.joined(separator: "\n") + "\n").utf8))
        process = try TestProgram.start(["docker-registry", "serve", path], log: "\(directory)/log")
        let started = process
        let logPath = log
        try eventually("docker-registry listens") {
            var status: Int32 = 0
            if waitpid(started, &status, WNOHANG) != 0 {
                throw Missing(description: "docker-registry ended: \(Files.text(logPath) ?? "")")
            }
            return Self.answers(port)
        }
    }

    deinit {
        TestProgram.end(process)
        try? Files.removeTree(directory)
    }

    /// The requests so far, `GET /v2/…`.
    var requests: [String] {
        (Files.text(log) ?? "").split(separator: "\n").compactMap { line in
            guard line.hasPrefix("127.0.0.1 - ") else { return nil }
            let quoted = line.split(separator: "\"", omittingEmptySubsequences: false)
            guard quoted.count > 1 else { return nil }
            return quoted[1].split(separator: " ").prefix(2).joined(separator: " ")
        }
    }

    /// How many of `body`'s requests begin so.
    func count(_ prefix: String, containing part: String = "", during body: () throws -> Void) throws -> Int {
        let before = requests.count
        try body()
        return requests.dropFirst(before).count { $0.hasPrefix(prefix) && $0.contains(part) }
    }

    private static func freePort() throws -> UInt16 {
        let socket = try Descriptor.socket(AF_INET, .stream)
        try socket.bind(to: SocketAddress(.v4(.loopback), port: 0))
        guard let address = try socket.localAddress() else { throw Missing(description: "no free port") }
        return address.port
    }

    private static func answers(_ port: UInt16) -> Bool {
        guard let socket = try? Descriptor.socket(AF_INET, .stream) else { return false }
        try? socket.setNonBlocking(false)
        return SocketAddress(.v4(.loopback), port: port).withKernelForm { connect(socket.raw, $0, $1) } == 0
    }

    private static func makeCertificates(_ directory: String, host: String) throws {
        func openssl(_ words: String) throws {
            try TestProgram.run(["openssl"] + words.split(separator: " ").map(String.init), in: directory)
        }
        let authority = "\(directory)/certs.d/\(host)"
        try Files.makeDirectories(authority)
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
        try openssl(
            "req -x509 \(key) -keyout \(directory)/ca.key -out \(authority)/ca.crt -days 2 -subj /CN=compose-test-ca")
        try openssl("req \(key) -keyout \(directory)/server.key -out \(directory)/server.csr -subj /CN=localhost")
        try Files.replace("\(directory)/names", with: Array("subjectAltName=DNS:localhost,IP:127.0.0.1\n".utf8))
        try openssl(
            "x509 -req -in \(directory)/server.csr -CA \(authority)/ca.crt -CAkey \(directory)/ca.key -CAcreateserial "
                + "-out \(directory)/server.crt -days 2 -extfile \(directory)/names")
    }
}
