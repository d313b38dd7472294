internal import ArgumentParser
internal import ComposeLoader
internal import ComposeModel
internal import Glibc
internal import LinuxSystem
internal import Primitives

/// What `run` changes of the service for its container.
struct RunOverrides: ParsableArguments {
    @Option(help: .value("list", "Add Linux capabilities"))
    var capAdd: [String] = []
    @Option(help: .value("list", "Drop Linux capabilities"))
    var capDrop: [String] = []
    @Option(help: "Override the entrypoint of the image")
    var entrypoint: String?
    @Option(name: .shortAndLong, help: "Set environment variables")
    var env: [String] = []
    @Option(help: "Set environment variables from file")
    var envFromFile: [String] = []
    @Option(name: [.customShort("l"), .long, .customLong("labels")], help: "Add or override a label")
    var label: [String] = []
    @Option(name: .shortAndLong, help: "Publish a container's port(s) to the host")
    var publish: [String] = []
    @Option(name: .shortAndLong, help: "Run as specified username or uid")
    var user: String?
    @Option(name: [.customShort("v"), .long, .customLong("volumes")], help: "Bind mount a volume")
    var volume: [String] = []
    @Option(name: .shortAndLong, help: "Working directory inside the container")
    var workdir: String?

    func apply(to service: inout Service, _ context: CommandContext) throws(CommandError) {
        service.capAdd += capAdd
        service.capDrop += capDrop
        if let entrypoint {
            do throws(GrammarError) {
                service.entrypoint = try ShellWords.split(entrypoint)
            } catch {
                throw CommandError("entrypoint \(error)")
            }
            service.command = []
        }
        for (name, value) in try variables(context) { service.environment[name] = .some(value) }
        for entry in label {
            let label = Assignment(parsing: entry)
            guard let value = label.value else { throw CommandError("label must be set as KEY=VALUE") }
            service.labels[label.name] = value
        }
        if let user { service.user = user }
        if let workdir { service.workingDir = workdir }
        for entry in volume {
            let mount = try Self.volume(entry, context)
            service.volumes.removeAll { $0.target == mount.target }
            service.volumes.append(mount)
        }
    }

    /// What `--env` says, then what the files add: as in docker compose, files know the options' variables, and the
    /// first one that has a name wins.
    private func variables(_ context: CommandContext) throws(CommandError) -> [String: String] {
        var result: [String: String] = [:]
        for entry in env {
            let variable = Assignment(parsing: entry)
            if let value = variable.value ?? context.environment[variable.name] { result[variable.name] = value }
        }
        for file in envFromFile {
            let known = result
            do throws(LoadFailure) {
                let values = try environmentFile(file, files: HostFiles(), warn: { context.warn($0) }) { known[$0] }
                result.merge(values) { first, _ in first }
            } catch {
                throw CommandError(error.description)
            }
        }
        return result
    }

    /// `SOURCE:TARGET[:ro]` or `TARGET`.
    private static func volume(_ entry: String, _ context: CommandContext) throws(CommandError) -> ServiceVolume {
        let parts = entry.split(separator: ":").map(String.init)
        if parts.count == 1 { return ServiceVolume(kind: .volume, source: nil, target: parts[0]) }
        guard parts.count == 2 || parts.count == 3, parts[1].hasPrefix("/") else {
            throw CommandError("invalid volume \"\(entry)\"", hint: "it is SOURCE:TARGET or SOURCE:TARGET:ro")
        }
        let source = parts[0]
        var result: ServiceVolume
        if source.hasPrefix("/") {
            result = ServiceVolume(kind: .bind, source: source, target: parts[1])
        } else if source.hasPrefix("~") {
            let home = context.environment["HOME"] ?? "/root"
            result = ServiceVolume(kind: .bind, source: home + source.dropFirst(), target: parts[1])
        } else if source.hasPrefix(".") || source.contains("/") {
            let path = context.workingDirectory + "/" + source
            result = ServiceVolume(kind: .bind, source: path, target: parts[1])
        } else {
            result = ServiceVolume(kind: .volume, source: source, target: parts[1])
        }
        result.readOnly = parts.count == 3 && parts[2].split(separator: ",").contains("ro")
        return result
    }

    /// `[[ADDRESS:]HOST:]CONTAINER[/PROTOCOL]`.
    static func port(_ entry: String) throws(CommandError) -> PortConfig {
        let halves = entry.split(separator: "/", maxSplits: 1).map(String.init)
        var parts = (halves.first ?? "").split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard let last = parts.popLast(), let target = UInt32(last), (1...65535).contains(target) else {
            throw CommandError(
                "invalid port \"\(entry)\"", hint: "it is CONTAINER, HOST:CONTAINER or IP:HOST:CONTAINER")
        }
        var port = PortConfig(target: target)
        port.protocolName = halves.count > 1 ? halves[1] : "tcp"
        if let published = parts.popLast(), !published.isEmpty { port.published = published }
        if !parts.isEmpty {
            let address = parts.joined(separator: ":")
            port.hostIP =
                address.hasPrefix("[") && address.hasSuffix("]") ? String(address.dropFirst().dropLast()) : address
        }
        return port
    }
}
