public import EngineModel

/// One instruction of a stage, or a trigger.
public struct Instruction: Sendable, Hashable {
    /// What is to be done.
    public var kind: Kind
    /// Where it stands.
    public var location: LineRange
    /// The instruction on one line as it was written: continued lines joined, comments and heredocs left out.
    public var source: String

    /// The instructions of the Dockerfile reference, with their arguments.
    public enum Kind: Sendable, Hashable {
        case run(RunInstruction)
        case copy(CopyInstruction)
        case add(AddInstruction)
        case environment([KeyValue])
        case argument([Argument])
        case label([KeyValue])
        case workingDirectory(String)
        case user(String)
        case volume([String])
        /// Words as written: expansion may make several ports of one word.
        case expose([String])
        case entrypoint(CommandLine)
        case command(CommandLine)
        case shell([String])
        case stopSignal(String)
        /// `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", line]`; what was not given is 0.
        case healthcheck(Healthcheck)
        /// The trigger's text, heredocs included; see ``Instruction/init(parsing:name:)``.
        case onBuild(String)
        case maintainer(String)
    }

    /// The instruction's name in capitals.
    public var name: String {
        switch kind {
        case .run: "RUN"
        case .copy: "COPY"
        case .add: "ADD"
        case .environment: "ENV"
        case .argument: "ARG"
        case .label: "LABEL"
        case .workingDirectory: "WORKDIR"
        case .user: "USER"
        case .volume: "VOLUME"
        case .expose: "EXPOSE"
        case .entrypoint: "ENTRYPOINT"
        case .command: "CMD"
        case .shell: "SHELL"
        case .stopSignal: "STOPSIGNAL"
        case .healthcheck: "HEALTHCHECK"
        case .onBuild: "ONBUILD"
        case .maintainer: "MAINTAINER"
        }
    }
}

/// `KEY=VALUE` of ENV and LABEL.
public struct KeyValue: Sendable, Hashable {
    /// The variable's or label's name.
    public var key: String
    /// Its value, before variables are replaced.
    public var value: String

    public init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }
}

/// `NAME` or `NAME=DEFAULT` of ARG.
public struct Argument: Sendable, Hashable {
    /// The argument's name.
    public var name: String
    /// nil: there is no default, which is not the same as an empty one.
    public var value: String?
    /// Where it stands.
    public var location: LineRange

    public init(_ name: String, _ value: String?, location: LineRange) {
        self.name = name
        self.value = value
        self.location = location
    }
}

/// What CMD and ENTRYPOINT run.
public enum CommandLine: Sendable, Hashable {
    /// The JSON form: program and arguments. Empty takes away what the base image has.
    case exec([String])
    /// A line for the shell that SHELL names.
    case shell(String)
}
