public import ComposeModel
public import EngineModel

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
            operation.after = operation.after.map { Operation.Edge($0.operation + offset, optional: $0.optional) }
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
        /// Nothing to do: it is as it should be.
        case keep(String)
    }

    /// Something that comes first. If it fails this operation is skipped, unless the edge is optional.
    public struct Edge: Sendable, Hashable {
        /// Its index in ``Plan/operations``.
        public var operation: Int
        /// This operation is carried out even if the other one fails.
        public var optional: Bool

        init(_ operation: Int, optional: Bool = false) {
            self.operation = operation
            self.optional = optional
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
    /// One line for each operation: `3. start container p-web-1 (after 1, 2): not running`.
    public var description: String { text { $0.action.description } }

    /// The same for people: with the names of containers for their ids.
    public var shown: String { text(\.words) }

    private func text(_ words: (Operation) -> String) -> String {
        var text = ""
        for (index, operation) in operations.enumerated() {
            text += "\(index + 1). \(words(operation))"
            if !operation.after.isEmpty {
                let edges = operation.after.map { "\($0.operation + 1)\($0.optional ? "?" : "")" }
                text += " (after \(edges.joined(separator: ", ")))"
            }
            text += operation.cause.isEmpty ? "\n" : ": \(operation.cause)\n"
        }
        return text
    }
}

extension Operation {
    /// What is done, with the name of the container that progress is shown for.
    fileprivate var words: String {
        let kind = "Container "
        return action.words(of: resource.hasPrefix(kind) ? String(resource.dropFirst(kind.count)) : nil)
    }
}

extension Operation.Action: CustomStringConvertible {
    public var description: String { words(of: nil) }

    /// - Parameter known: the container's name, where the action has its id.
    fileprivate func words(of known: String?) -> String {
        switch self {
        case .createNetwork(let network): "create network \(network.name)"
        case .removeNetwork(let name): "remove network \(name)"
        case .createVolume(let volume): "create volume \(volume.name)"
        case .removeVolume(let name): "remove volume \(name)"
        case .removeImage(let name): "remove image \(name)"
        case .createContainer(let container, _): "create container \(container.name) from \(container.image)"
        case .startContainer(let name): "start container \(known ?? name)"
        case .stopContainer(let name, let timeout, _):
            "stop container \(known ?? name)" + (timeout.map { " within \($0) s" } ?? "")
        case .killContainer(let name, let signal): "send \(signal) to container \(known ?? name)"
        case .restartContainer(let name, _): "restart container \(known ?? name)"
        case .pauseContainer(let name): "pause container \(known ?? name)"
        case .unpauseContainer(let name): "unpause container \(known ?? name)"
        case .removeContainer(let name, let volumes, _):
            "remove container \(known ?? name)" + (volumes ? " and its anonymous volumes" : "")
        case .renameContainer(let name, let new): "rename container \(name) to \(new)"
        case .runHooks(let hooks, let container, _):
            "run " + (hooks.count == 1 ? "a hook" : "\(hooks.count) hooks") + " in container \(known ?? container)"
        case .wait(let condition, let service, _): "wait for \(condition.rawValue) of \(service)"
        case .keep(let name): "keep container \(known ?? name)"
        }
    }
}
