public import ImageModel
internal import Primitives

/// An image's configuration while a stage's instructions change it. Instructions must be expanded.
public struct StageConfiguration: Sendable, Hashable {
    /// What the image says of running it.
    public var execution: ImageConfiguration.Execution
    /// What MAINTAINER said.
    public var author: String?
    /// ENTRYPOINT takes the base's CMD away, but not one of this stage.
    private var hasOwnCommand = false

    /// - Parameter base: the configuration of the image or stage that FROM names. Its triggers are left to the caller.
    public init(_ base: ImageConfiguration.Execution = .init(), author: String? = nil) {
        execution = base
        self.author = author
    }

    /// The program and arguments for a line of shell.
    public func shell(_ line: String) -> [String] {
        let shell = execution.shell ?? []
        return (shell.isEmpty ? ["/bin/sh", "-c"] : shell) + [line]
    }

    /// Follows an instruction; ARG, RUN, COPY and ADD change nothing.
    public mutating func apply(_ instruction: Instruction, of file: String) throws(DockerfileError) {
        switch instruction.kind {
        case .environment(let pairs): for pair in pairs { set(pair) }
        case .label(let pairs): for pair in pairs { execution.labels[pair.key] = pair.value }
        case .user(let user): execution.user = user
        case .workingDirectory(let path):
            execution.workingDirectory = Self.directory(path, in: execution.workingDirectory)
        case .volume(let paths):
            if paths.contains("") { throw Self.wrong(file, instruction, "a volume's path is empty") }
            for path in paths where !execution.volumes.contains(path) { execution.volumes.append(path) }
        case .expose(let words):
            var seen = Set(execution.exposedPorts)
            for word in words {
                do {
                    execution.exposedPorts += try ContainerPort.parse(word).filter { seen.insert($0).inserted }
                } catch {
                    throw Self.wrong(file, instruction, error.description)
                }
            }
        case .entrypoint(let line):
            execution.entrypoint = command(line)
            if !hasOwnCommand { execution.command = nil }
        case .command(let line):
            execution.command = command(line)
            hasOwnCommand = true
        case .shell(let words): execution.shell = words
        case .stopSignal(let signal):
            guard SignalName.number(signal) != nil else {
                throw Self.wrong(file, instruction, "invalid signal: \(signal)")
            }
            execution.stopSignal = signal
        case .healthcheck(let check): execution.healthcheck = check
        case .onBuild(let trigger): execution.onBuild = (execution.onBuild ?? []) + [trigger]
        case .maintainer(let name): author = name
        case .argument, .run, .copy, .add: break
        }
    }

    /// `path` as a directory of the image: absolute, without `.`, `..` and doubled slashes.
    public static func directory(_ path: String, in base: String?) -> String {
        cleanPath("/" + (path.hasPrefix("/") ? path : (base ?? "/") + "/" + path))
    }

    private func command(_ line: CommandLine) -> [String] {
        switch line {
        case .exec(let words): words
        case .shell(let line): shell(line)
        }
    }

    private mutating func set(_ pair: KeyValue) {
        let entry = "\(pair.key)=\(pair.value)"
        var environment = execution.environment ?? []
        if let index = environment.firstIndex(where: { $0.utf8.starts(with: "\(pair.key)=".utf8) }) {
            environment[index] = entry
        } else {
            environment.append(entry)
        }
        execution.environment = environment
    }

    private static func wrong(_ file: String, _ instruction: Instruction, _ reason: String) -> DockerfileError {
        DockerfileError(file: file, location: instruction.location, instruction: instruction.name, reason: reason)
    }
}
