public import ComposeModel
public import EngineModel
internal import Primitives

/// Operations and what each has to wait for. Made by the planners, carried out by ``execute(_:engine:_:)``.
public struct Plan: Sendable {
    /// Their edges are indices of this list.
    public internal(set) var operations: [Operation] = []
    /// What the user should know, worded for the log.
    public internal(set) var warnings: [String] = []

    /// Without operations.
    public init() {}

    /// Nothing at all, not even something to keep as it is.
    public var isEmpty: Bool { operations.isEmpty }

    mutating func add(
        _ action: Operation.Action, _ resource: String, service: String? = nil, cause: String = "",
        after: [Operation.Edge] = []
    ) -> Int {
        operations.append(Operation(action: action, resource: resource, service: service, cause: cause, after: after))
        return operations.count - 1
    }

    /// Another project's plan beside this one: neither waits for the other.
    public mutating func join(_ other: Plan) {
        let offset = operations.count
        operations += other.operations.map { operation in
            var operation = operation
            operation.after = operation.after.map { $0.moved(to: $0.operation + offset) }
            return operation
        }
        warnings += other.warnings
    }

    /// `later` waits for `earlier`.
    mutating func order(_ earlier: Int, before later: Int) {
        let edge = Operation.Edge(earlier)
        if earlier != later, !operations[later].after.contains(edge) { operations[later].after.append(edge) }
    }
}

/// One step: one call of the engine, or one wait.
public struct Operation: Sendable {
    /// What is done, with what it needs.
    public enum Action: Sendable {
        case createNetwork(NetworkConfiguration)
        case removeNetwork(String)
        case createVolume(VolumeConfiguration)
        case removeVolume(String)
        case removeImage(String)
        /// `replacing`: it gets the name of an old container at the end, which is what is shown.
        case createContainer(ContainerConfiguration, replacing: Bool)
        case startContainer(String)
        /// `shown` is false while a container is replaced.
        case stopContainer(String, timeout: Int?, shown: Bool)
        case killContainer(String, signal: String)
        case restartContainer(String, timeout: Int?)
        case pauseContainer(String)
        case unpauseContainer(String)
        case removeContainer(String, volumes: Bool, shown: Bool)
        case renameContainer(String, to: String)
        case runHooks([ServiceHook], container: String, service: String)
        /// Until `condition` holds for the containers of a service.
        case wait(ServiceDependency.Condition, service: String, containers: [String])
        /// Until a new container is healthy, if that is checked, and has run for so long.
        case watch(String, monitor: Duration)
        /// The names and published ports of one container lead to another one from now on.
        case handOver(from: String, to: String)
        /// The old container does its work again, and the new one is removed; `startsFirst` in this order.
        case rollBack(from: String, to: String, startsFirst: Bool)
        /// Nothing, for so long.
        case delay(Duration)
        /// Nothing to do: it is as it should be.
        case keep(String)
    }

    /// Something that comes first.
    public struct Edge: Sendable, Hashable {
        /// What this operation needs of the other one.
        public enum Need: Sendable, Hashable {
            /// Its success: else this one is skipped.
            case success
            /// Only a warning tells that it failed.
            case attempt
            /// That it is over, however it ended; a failure stays a failure.
            case end
            /// Its failure: this one is only carried out if one that it has this edge to fails.
            case failure
        }

        /// Its index in ``Plan/operations``.
        public var operation: Int
        /// What this operation needs of it.
        public var need: Need

        init(_ operation: Int, _ need: Need = .success) {
            self.operation = operation
            self.need = need
        }

        func moved(to operation: Int) -> Edge { Edge(operation, need) }

        fileprivate var mark: String {
            switch need {
            case .success: ""
            case .attempt: "?"
            case .end: "~"
            case .failure: "!"
            }
        }
    }

    /// What is done, with what it needs.
    public var action: Action
    /// `Container shop-web-1`: what progress is shown for.
    public var resource: String
    /// Whose it is; nil for networks, volumes and images.
    public var service: String?
    /// Why it is done.
    public var cause: String
    /// Empty: it may begin at once.
    public internal(set) var after: [Edge]
}

extension Plan: CustomStringConvertible {
    /// One line for each operation: `3. start container p-web-1 (after 1, 2): not running`. Marks behind a number: `?`
    /// for ``Operation/Edge/Need/attempt``, `~` for `end`, `!` for `failure`.
    public var description: String { description(naming: [:]) }

    /// The same for people, who know no ids.
    ///
    /// - Parameter names: of containers, by their ids; one that is not in it is shown as it is.
    public func description(naming names: [String: String]) -> String {
        var text = ""
        for (index, operation) in operations.enumerated() {
            text += "\(index + 1). \(operation.action.description(naming: names))"
            if !operation.after.isEmpty {
                let edges = operation.after.map { "\($0.operation + 1)\($0.mark)" }
                text += " (after \(edges.joined(separator: ", ")))"
            }
            text += operation.cause.isEmpty ? "\n" : ": \(operation.cause)\n"
        }
        return text
    }
}

extension Operation.Action: CustomStringConvertible {
    public var description: String { description(naming: [:]) }

    func description(naming names: [String: String]) -> String {
        func known(_ container: String) -> String { names[container] ?? container }
        switch self {
        case .createNetwork(let network): return "create network \(network.name)"
        case .removeNetwork(let name): return "remove network \(name)"
        case .createVolume(let volume): return "create volume \(volume.name)"
        case .removeVolume(let name): return "remove volume \(name)"
        case .removeImage(let name): return "remove image \(name)"
        case .createContainer(let container, _): return "create container \(container.name) from \(container.image)"
        case .startContainer(let name): return "start container \(known(name))"
        case .stopContainer(let name, let timeout, _):
            return "stop container \(known(name))" + (timeout.map { " within \($0) s" } ?? "")
        case .killContainer(let name, let signal): return "send \(signal) to container \(known(name))"
        case .restartContainer(let name, _): return "restart container \(known(name))"
        case .pauseContainer(let name): return "pause container \(known(name))"
        case .unpauseContainer(let name): return "unpause container \(known(name))"
        case .removeContainer(let name, let volumes, _):
            return "remove container \(known(name))" + (volumes ? " and its anonymous volumes" : "")
        case .renameContainer(let name, let new): return "rename container \(known(name)) to \(new)"
        case .runHooks(let hooks, let container, _):
            return "run " + (hooks.count == 1 ? "a hook" : "\(hooks.count) hooks") + " in container \(known(container))"
        case .wait(let condition, let service, _): return "wait for \(condition.rawValue) of \(service)"
        case .watch(let name, let monitor):
            return "watch container \(known(name))" + (monitor > .zero ? " for \(monitor.text)" : "")
        case .handOver(let old, let new): return "hand over from container \(known(old)) to \(known(new))"
        case .rollBack(let new, let old, _): return "roll back from container \(known(new)) to \(known(old))"
        case .delay(let time): return "wait \(time.text)"
        case .keep(let name): return "keep container \(known(name))"
        }
    }
}
