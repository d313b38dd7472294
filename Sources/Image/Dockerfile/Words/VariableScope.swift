internal import Primitives

/// The variables that FROM sees: the ARGs before the first FROM and the platform's.
public struct GlobalScope: Sendable, Hashable {
    /// What the caller gave by `--build-arg`.
    public let buildArguments: [String: String]
    fileprivate var values: [String: String]

    /// - Parameters:
    ///   - buildArguments: what the caller gives; they win over defaults.
    ///   - platform: see ``PredefinedArguments/platformValues(build:target:stage:)``.
    public init(
        _ dockerfile: Dockerfile, buildArguments: [String: String], platform: [String: String]
    ) throws(DockerfileError) {
        self.buildArguments = buildArguments
        values = platform.merging(buildArguments.filter { platform[$0.key] != nil }) { $1 }
        for argument in dockerfile.globalArguments {
            if let given = buildArguments[argument.name] {
                values[argument.name] = given
            } else if let value = argument.value {
                values[argument.name] = try dockerfile.expand(value, in: self, at: argument.location)
            }
        }
    }

    /// The variable's value; nil if it is not set.
    public func value(_ name: String) -> String? { values[name] }
}

/// The variables that a stage's instructions see. Of an ARG and an ENV of one name the later wins, as BuildKit has it
/// (its reference lets ENV win in any order).
public struct VariableScope: Sendable, Hashable {
    /// What PATH is when the base image has none.
    public static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    private let globals: GlobalScope
    private var argumentOrder: [String]
    private var argumentValues: [String: String]
    private var environmentOrder: [String] = []
    private var environmentValues: [String: String] = [:]
    /// ARGs that came after an ENV of the same name.
    private var overriding: Set<String> = []

    /// - Parameters:
    ///   - environment: `KEY=VALUE` of the base image's or base stage's configuration.
    ///   - base: the scope at the end of the stage that this one begins with; its ARGs are still there.
    public init(globals: GlobalScope, environment: [String], base: VariableScope? = nil) {
        self.globals = globals
        argumentOrder = base?.argumentOrder ?? []
        argumentValues = base?.argumentValues ?? [:]
        for entry in environment {
            let variable = Assignment(parsing: entry)
            set(variable.name, variable.value ?? "")
        }
    }

    /// The variable's value; nil if it is not set.
    public func value(_ name: String) -> String? {
        overriding.contains(name) ? argumentValues[name] : environmentValues[name] ?? argumentValues[name]
    }

    /// All names that have a value.
    public var names: [String] { environmentOrder + argumentOrder.filter { argumentValues[$0] != nil } }

    /// Follows an expanded instruction: only ARG and ENV change anything.
    public mutating func apply(_ instruction: Instruction) {
        switch instruction.kind {
        case .argument(let arguments):
            for argument in arguments { declare(argument.name, argument.value) }
        case .environment(let pairs):
            for pair in pairs { set(pair.key, pair.value) }
        case .run, .copy, .add, .label, .workingDirectory, .user, .volume, .expose, .entrypoint, .command, .shell,
            .stopSignal, .healthcheck, .onBuild, .maintainer:
            break
        }
    }

    /// The ARGs of the stage with their values as RUN's history and cache key have them, `NAME=VALUE`.
    public var declaredArguments: [String] {
        argumentOrder.map { "\($0)=\(value($0) ?? "")" }
    }

    /// What a RUN's process gets and what belongs to its cache key: environment and ARGs, `NAME=VALUE`.
    public var runEnvironment: [String] {
        let arguments = argumentOrder.filter { environmentValues[$0] == nil }.compactMap { name in
            argumentValues[name].map { "\(name)=\($0)" }
        }
        return environmentOrder.map { "\($0)=\(value($0) ?? "")" } + arguments
    }

    /// Proxies among the build arguments that no ARG declares: a RUN's process gets them too, its cache key does not.
    public var proxyEnvironment: [String] {
        PredefinedArguments.proxyNames.compactMap { name in
            guard value(name) == nil, let given = globals.buildArguments[name] else { return nil }
            return "\(name)=\(given)"
        }
    }

    /// What an ARG of this name means here: the build argument, its own default, or what is global.
    func resolve(
        _ argument: Argument, expandingDefault expand: (String) throws(DockerfileError) -> String
    ) throws(DockerfileError) -> String? {
        if let given = globals.buildArguments[argument.name] { return given }
        if let text = argument.value { return try expand(text) }
        return globals.value(argument.name)
    }

    private mutating func declare(_ name: String, _ value: String?) {
        if !argumentOrder.contains(name) { argumentOrder.append(name) }
        guard let value else { return }
        argumentValues[name] = value
        if environmentValues[name] != nil { overriding.insert(name) }
    }

    private mutating func set(_ key: String, _ value: String) {
        overriding.remove(key)
        if environmentValues.updateValue(value, forKey: key) == nil { environmentOrder.append(key) }
    }
}

extension Dockerfile {
    /// Build arguments of these names that nothing in the file asks for.
    public func unusedArguments(of names: some Sequence<String>) -> [String] {
        var known = Set(PredefinedArguments.proxyNames + PredefinedArguments.platformNames)
        known.formUnion(PredefinedArguments.controlNames)
        known.formUnion(globalArguments.map(\.name))
        for stage in stages {
            for case .argument(let arguments) in stage.instructions.lazy.map(\.kind) {
                known.formUnion(arguments.map(\.name))
            }
        }
        return names.filter { !known.contains($0) }.sorted()
    }
}
