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
            let mount = try Self.mount(entry, context)
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

    /// A mount in the short form of a Compose file's `volumes`; paths are relative to the working directory.
    private static func mount(_ entry: String, _ context: CommandContext) throws(CommandError) -> ServiceVolume {
        let volume: ServiceVolume
        do throws(GrammarError) {
            volume = try serviceVolume(entry, in: context.workingDirectory, home: context.environment["HOME"])
        } catch {
            throw CommandError(error.description, hint: "it is SOURCE:TARGET or SOURCE:TARGET:OPTIONS")
        }
        guard volume.target.hasPrefix("/") else {
            throw CommandError("invalid volume \"\(entry)\"", hint: "the target is a path that begins with /")
        }
        return volume
    }

    /// The ports of `--publish`, in the short form of a Compose file's `ports`.
    func ports() throws(CommandError) -> [PortConfig] {
        var ports: [PortConfig] = []
        for entry in publish {
            do throws(GrammarError) {
                ports += try PortMapping.parse(entry).mappings.map { PortConfig($0) }
            } catch {
                throw CommandError(error.description, hint: "it is [[IP:]HOST[-END]:]CONTAINER[-END][/PROTOCOL]")
            }
        }
        return ports
    }
}

extension Project {
    /// Volumes that only the command line names become known, under just that name: as in docker compose they are made if
    /// they are not there, and belong to no project. Returns their names.
    mutating func adoptVolumes(of service: Service) -> [String] {
        let named = service.volumes.filter { $0.kind == .volume }.compactMap(\.source)
        let own = named.filter { volumes[$0] == nil }
        for name in own {
            var volume = VolumeConfig()
            volume.name = name
            volume.external = true
            volumes[name] = volume
        }
        return own
    }
}
