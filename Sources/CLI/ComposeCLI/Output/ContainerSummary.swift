internal import EngineModel
internal import Primitives
internal import Reconciler
internal import TerminalUI

/// A container as `ps` shows it.
struct ContainerSummary {
    let container: Container
    let now: Instant
    /// Nothing is cut.
    let full: Bool

    init(_ container: Container, now: Instant, full: Bool) {
        self.container = container
        self.now = now
        self.full = full
    }

    /// `"docker-entrypoint.s…"`.
    var command: String {
        let text = container.arguments.joined(separator: " ")
        return (full || text.count <= 20 ? text : String(text.prefix(19)) + "…").quotedAsInGo
    }

    /// `Up 5 seconds (healthy)`, `Exited (0) 3 minutes ago`.
    var status: String {
        let running =
            container.startedAt.map {
                HumanText.duration(nanoseconds: now.nanoseconds - $0.nanoseconds)
            } ?? ""
        let ended = container.finishedAt.map { HumanText.ago(since: $0, now: now) } ?? ""
        switch container.state {
        case .running:
            return switch container.health {
            case .starting: "Up \(running) (health: starting)"
            case .healthy: "Up \(running) (healthy)"
            case .unhealthy: "Up \(running) (unhealthy)"
            case nil: "Up \(running)"
            }
        case .paused: return "Up \(running) (Paused)"
        case .restarting: return "Restarting (\(container.exitCode)) \(ended)"
        case .exited: return "Exited (\(container.exitCode)) \(ended)"
        case .created: return "Created"
        }
    }

    /// `0.0.0.0:8080->80/tcp, [::]:8080->80/tcp, 443/tcp`.
    var ports: String {
        let published = publishedPorts.map { "\($0.hostEnd)->\($0.containerEnd)" }
        return (published + exposedPorts.map(\.description)).joined(separator: ", ")
    }

    private var publishedPorts: [BoundPort] {
        guard container.isRunning else { return [] }
        return container.ports.sorted {
            ($0.containerEnd, $0.hostAddress.description) < ($1.containerEnd, $1.hostAddress.description)
        }
    }

    /// Those that are not published.
    private var exposedPorts: [ContainerPort] {
        guard container.isRunning else { return [] }
        let published = Set(container.ports.map(\.containerEnd))
        return container.configuration.exposedPorts.filter { !published.contains($0) }
    }

    private var labels: String {
        container.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }

    private var mounts: String {
        container.mounts.map { $0.name.isEmpty ? $0.source : $0.name }.filter { !$0.isEmpty }.joined(separator: ",")
    }

    private var localVolumes: Int { container.mounts.count { $0.type == "volume" } }

    private var networks: String {
        container.configuration.networks.map(\.network).sorted().joined(separator: ",")
    }

    var fields: RecordFields {
        [
            ("Command", command), ("CreatedAt", createdAt), ("ExitCode", "\(container.exitCode)"),
            ("Health", container.health?.rawValue ?? ""),
            ("ID", full ? container.id : String(container.id.prefix(12))), ("Image", container.configuration.image),
            ("Labels", labels), ("LocalVolumes", "\(localVolumes)"), ("Mounts", mounts), ("Name", container.name),
            ("Names", container.name), ("Networks", networks), ("Ports", ports),
            ("Project", container.labels[ProjectLabel.project] ?? ""), ("Publishers", publishersText),
            ("RunningFor", HumanText.ago(since: container.created, now: now)), ("Service", container.service),
            ("Size", "0B"), ("State", container.state.rawValue), ("Status", status),
        ]
    }

    private var publishersText: String {
        let published = publishedPorts.map { "{\($0.hostAddress) \($0.containerPort) \($0.hostPort) \($0.transport)}" }
        return (published + exposedPorts.map { "{ \($0.number) 0 \($0.transport)}" }).joined(separator: " ")
    }

    private var createdAt: String {
        let text = Instant(nanoseconds: container.created.seconds * 1_000_000_000).rfc3339.dropLast()
        return text.split(separator: "T").joined(separator: " ") + " +0000 UTC"
    }

    /// One line, with numbers as numbers and the published ports as objects.
    var json: JSONValue {
        var object = JSONValue(fields)
        object["ExitCode"] = .number(container.exitCode)
        object["Publishers"] = .array(publishers)
        return object
    }

    private var publishers: [JSONValue] {
        publishedPorts.map { Self.publisher($0.hostAddress.description, $0.hostPort, $0.containerEnd) }
            + exposedPorts.map { Self.publisher("", 0, $0) }
    }

    private static func publisher(_ address: String, _ published: UInt16, _ port: ContainerPort) -> JSONValue {
        [
            "URL": .string(address), "TargetPort": .number(port.number), "PublishedPort": .number(published),
            "Protocol": .string(port.transport.rawValue),
        ]
    }
}
