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
        return "\"" + (full || text.count <= 20 ? text : String(text.prefix(19)) + "…") + "\""
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
        guard container.isRunning else { return "" }
        var texts: [String] = []
        for port in publishers where port.published != 0 {
            let host = port.address.contains(":") ? "[\(port.address)]" : port.address
            texts.append("\(host):\(port.published)->\(port.target)/\(port.transport)")
        }
        for port in publishers where port.published == 0 { texts.append("\(port.target)/\(port.transport)") }
        return texts.joined(separator: ", ")
    }

    private var publishers: [(address: String, target: UInt16, published: UInt16, transport: String)] {
        var result = container.ports.sorted {
            ($0.containerPort, $0.protocolName, $0.hostAddress) < ($1.containerPort, $1.protocolName, $1.hostAddress)
        }.map { ($0.hostAddress, $0.containerPort, $0.hostPort, $0.protocolName) }
        guard container.isRunning else { return [] }
        for entry in container.configuration.exposedPorts {
            let parts = entry.split(separator: "/")
            guard let first = parts.first, let port = UInt16(first) else { continue }
            let transport = parts.count > 1 ? String(parts[1]) : "tcp"
            if !result.contains(where: { $0.1 == port && $0.3 == transport }) {
                result.append(("", port, 0, transport))
            }
        }
        return result.map { (address: $0.0, target: $0.1, published: $0.2, transport: $0.3) }
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
        publishers.map { "{\($0.address) \($0.target) \($0.published) \($0.transport)}" }.joined(separator: " ")
    }

    private var createdAt: String {
        let text = Instant(nanoseconds: container.created.seconds * 1_000_000_000).rfc3339.dropLast()
        return text.split(separator: "T").joined(separator: " ") + " +0000 UTC"
    }

    /// One line, with numbers as numbers and the published ports as objects.
    var json: JSONValue {
        var object = JSONValue(fields)
        object["ExitCode"] = .number(container.exitCode)
        object["Publishers"] = .array(publishers.map(Self.publisher))
        return object
    }

    private static func publisher(
        _ port: (address: String, target: UInt16, published: UInt16, transport: String)
    ) -> JSONValue {
        [
            "URL": .string(port.address), "TargetPort": .number(port.target),
            "PublishedPort": .number(port.published), "Protocol": .string(port.transport),
        ]
    }
}
