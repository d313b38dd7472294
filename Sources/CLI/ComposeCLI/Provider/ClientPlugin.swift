internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import Registry
internal import SystemPackage

/// A program that extends docker's command line: `docker-NAME` in one of its plugin folders.
struct ClientPlugin {
    /// Its file.
    let path: String
    private let environment: [String: String]

    private static let folders = [
        "/usr/local/lib/docker/cli-plugins", "/usr/local/libexec/docker/cli-plugins", "/usr/lib/docker/cli-plugins",
        "/usr/libexec/docker/cli-plugins",
    ]

    /// nil if there is none.
    ///
    /// - Parameter alsoCalled: a name under which it may also lie in `PATH`.
    init?(_ name: String, alsoCalled other: String? = nil, environment: [String: String]) {
        if name.isEmpty || name.contains("/") { return nil }
        let own = RegistryOptions.fromEnvironment(environment).configDirectory + "/cli-plugins"
        let inPath = (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/" }
        let files =
            ([own] + Self.folders).map { "\($0)/docker-\(name)" }
            + (other.map { other in inPath.map { $0 + other } } ?? [])
        guard let path = files.first(where: { access($0, X_OK) == 0 && (try? Files.list($0)) == nil }) else {
            return nil
        }
        self.path = path
        self.environment = environment
    }

    /// Runs it to its end; `body` gets its standard output line by line, its standard error is ours. Once `body` throws,
    /// the program is ended.
    ///
    /// - Returns: its exit code.
    func run(_ arguments: [String], _ body: ([UInt8]) throws -> Void) throws -> Int32 {
        let pipe = try Descriptor.pipe()
        var launch = ProgramLaunch(path: path, name: path, environment: environment)
        launch.output = .descriptor(pipe.write.raw)
        let process = try launch.start(arguments)
        close(pipe.write.take())
        do {
            try LineReader.lines(of: Descriptor(owning: pipe.read.take())) { line throws(any Error) in
                if !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }) { try body(line) }
            }
        } catch {
            kill(process.pid, SIGTERM)
            process.wait()
            throw error
        }
        return process.wait()
    }

    /// Its whole output; nil if it fails.
    func output(_ arguments: [String]) -> [UInt8]? {
        var text: [UInt8] = []
        let code = try? run(arguments) { text += $0 + [0x0a] }
        return code == 0 ? text : nil
    }
}
