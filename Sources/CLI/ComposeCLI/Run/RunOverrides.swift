internal import ArgumentParser
internal import ComposeModel
internal import Glibc
internal import LinuxSystem

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
            service.entrypoint = try Self.words(entrypoint)
            service.command = []
        }
        for file in envFromFile {
            guard let text = Files.text(file) else { throw CommandError("env file \(file) not found") }
            for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
                set(String(line), in: &service, context)
            }
        }
        for entry in env { set(entry, in: &service, context) }
        for entry in label {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else { throw CommandError("label must be set as KEY=VALUE") }
            service.labels[parts[0]] = parts[1]
        }
        if let user { service.user = user }
        if let workdir { service.workingDir = workdir }
        for entry in volume {
            let mount = try Self.volume(entry, context)
            service.volumes.removeAll { $0.target == mount.target }
            service.volumes.append(mount)
        }
    }

    private func set(_ entry: String, in service: inout Service, _ context: CommandContext) {
        let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2 {
            service.environment[parts[0]] = .some(parts[1])
        } else if let value = context.environment[entry] {
            service.environment[entry] = .some(value)
        }
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

    /// Splits as a shell does, with quotes and backslashes.
    static func words(_ text: String) throws(CommandError) -> [String] {
        var words: [String] = []
        var current: String?
        var quote: Character?
        var escaped = false
        for character in text {
            if escaped {
                current = (current ?? "") + String(character)
                escaped = false
            } else if character == "\\" && quote != "'" {
                escaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { current = (current ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                current = current ?? ""
            } else if character.isWhitespace {
                if let word = current { words.append(word) }
                current = nil
            } else {
                current = (current ?? "") + String(character)
            }
        }
        if quote != nil { throw CommandError("unterminated quote in \"\(text)\"") }
        if let word = current { words.append(word) }
        return words
    }
}
