internal import EngineModel
internal import Primitives
internal import Reconciler
internal import Templates
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

    /// `"docker-entrypoint.s…"`; arguments with blanks stand in single quotes, as dockerd joins them.
    var command: String {
        let words = container.arguments.enumerated().map { index, word in
            index > 0 && word.contains(" ") ? "'\(word)'" : word
        }
        return shortened(words.joined(separator: " "), to: 20).quotedAsInGo
    }

    private func shortened(_ text: String, to width: Int) -> String {
        let scalars = text.unicodeScalars
        if full || scalars.count <= width { return text }
        return String(String.UnicodeScalarView(scalars.prefix(width - 1))) + "…"
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

    /// `443/tcp, 0.0.0.0:80->80/tcp, 0.0.0.0:8080->80/tcp`: ports that follow each other are one range, and those whose
    /// number changes on the way come last.
    var ports: String {
        struct Group {
            var address: String
            var transport: String
            var first: UInt16
            var last: UInt16
        }
        var closed: [Group] = []
        var open: [Group] = []
        var changed: [String] = []
        for port in publishers {
            if !port.address.isEmpty, port.published != port.target {
                changed.append("\(port.host):\(port.published)->\(port.target)/\(port.transport)")
                continue
            }
            let index = open.firstIndex { $0.address == port.host && $0.transport == port.transport }
            if let index, Int(open[index].last) + 1 == Int(port.target) {
                open[index].last = port.target
                continue
            }
            let group = Group(address: port.host, transport: port.transport, first: port.target, last: port.target)
            if let index {
                closed.append(open[index])
                open[index] = group
            } else {
                open.append(group)
            }
        }
        let groups = (closed + open).map { group in
            let range = group.first == group.last ? "\(group.first)" : "\(group.first)-\(group.last)"
            return (group.address.isEmpty ? "" : "\(group.address):\(range)->") + "\(range)/\(group.transport)"
        }
        return (groups + changed).joined(separator: ", ")
    }

    /// A port of the container and, if it is published, where.
    private struct Publisher {
        /// Empty for one that is only exposed.
        var address: String
        var published: UInt16
        var target: UInt16
        var transport: String

        /// As it stands before a colon.
        var host: String { address.contains(":") ? "[\(address)]" : address }
    }

    private var publishers: [Publisher] {
        guard container.isRunning else { return [] }
        let published = Set(container.ports.map(\.containerEnd))
        let bound = container.ports.map {
            Publisher(
                address: $0.hostAddress.description, published: $0.hostPort, target: $0.containerPort,
                transport: $0.transport.rawValue)
        }
        let exposed = container.configuration.exposedPorts.filter { !published.contains($0) }.map {
            Publisher(address: "", published: 0, target: $0.number, transport: $0.transport.rawValue)
        }
        return (bound + exposed).sorted {
            ($0.target, $0.address, $0.published, $0.transport) < ($1.target, $1.address, $1.published, $1.transport)
        }
    }

    private var mounts: String {
        container.mounts.map { $0.name.isEmpty ? $0.source : $0.name }.filter { !$0.isEmpty }
            .map { shortened($0, to: 15) }.joined(separator: ",")
    }

    private var localVolumes: Int { container.mounts.count { $0.type == "volume" } }

    private var networks: String {
        switch container.configuration.networkMode {
        case .networks: container.configuration.networks.map(\.network).sorted().joined(separator: ",")
        case .host: "host"
        case .none: "none"
        case .container: ""
        }
    }

    /// For `--format`, in the order in which docker compose writes them as JSON.
    var record: Record {
        let publishers = TemplateValue.list(publishers.map(Self.value), type: "api.PortPublishers")
        return Record(
            [
                ("Command", .string(command)), ("CreatedAt", .string(TimeText.goText(container.created))),
                ("ExitCode", .integer(Int64(container.exitCode))),
                ("Health", .string(container.health?.rawValue ?? "")),
                ("ID", .string(full ? container.id : String(container.id.prefix(12)))),
                ("Image", .string(container.configuration.image)), ("Labels", .string(labelText(container.labels))),
                ("LocalVolumes", .string("\(localVolumes)")), ("Mounts", .string(mounts)),
                ("Name", .string(container.name)), ("Names", .string(container.name)),
                ("Networks", .string(networks)), ("Ports", .string(ports)),
                ("Project", .string(container.labels[ProjectLabel.project] ?? "")), ("Publishers", publishers),
                ("RunningFor", .string(HumanText.ago(since: container.created, now: now))),
                ("Service", .string(container.service)), ("Size", .string("0B")),
                ("State", .string(container.state.rawValue)), ("Status", .string(status)),
            ], labels: container.labels)
    }

    private static func value(_ port: Publisher) -> TemplateValue {
        .structure(
            TemplateStructure(
                "api.PortPublisher",
                [
                    ("URL", .string(port.address)), ("TargetPort", .integer(Int64(port.target))),
                    ("PublishedPort", .integer(Int64(port.published))), ("Protocol", .string(port.transport)),
                ]))
    }
}

/// Labels in one text: `a=b,c=d`, by their names.
func labelText(_ labels: [String: String]) -> String {
    labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
}
