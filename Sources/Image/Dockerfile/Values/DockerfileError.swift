/// What is wrong with a Dockerfile, and where.
public struct DockerfileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The Dockerfile's name.
    public var file: String
    /// nil when the file as a whole is meant.
    public var location: LineRange?
    /// The instruction's name in capitals; nil outside of one.
    public var instruction: String?
    /// What is wrong.
    public var reason: String
    /// What would be right.
    public var hint: String?
    /// Further errors of the same file, at most 19.
    public var others: [DockerfileError] = []

    public init(file: String, location: LineRange?, instruction: String?, reason: String, hint: String? = nil) {
        self.file = file
        self.location = location
        self.instruction = instruction
        self.reason = reason
        self.hint = hint
    }

    /// `Dockerfile:3: RUN: there is no option --mont, did you mean --mount?`
    public var description: String {
        let place = location.map { ":\($0.first)" } ?? ""
        return "\(file)\(place): \(instruction.map { $0 + ": " } ?? "")\(reason)\(hint.map { ", " + $0 } ?? "")"
    }
}

/// What a check found; see <https://docs.docker.com/reference/build-checks/>.
public struct DockerfileWarning: Sendable, Hashable {
    /// Which check found it.
    public var check: Check
    /// Where.
    public var location: LineRange
    /// What it says.
    public var text: String

    public init(_ check: Check, _ location: LineRange, _ text: String) {
        self.check = check
        self.location = location
        self.text = text
    }

    /// The checks by the names that `# check=skip=` takes.
    public enum Check: String, Sendable, Hashable, CaseIterable {
        case consistentInstructionCasing = "ConsistentInstructionCasing"
        case duplicateStageName = "DuplicateStageName"
        case exposeInvalidFormat = "ExposeInvalidFormat"
        case exposeProtoCasing = "ExposeProtoCasing"
        case fromAsCasing = "FromAsCasing"
        case fromPlatformFlagConstDisallowed = "FromPlatformFlagConstDisallowed"
        case invalidDefaultArgInFrom = "InvalidDefaultArgInFrom"
        case jsonArgsRecommended = "JSONArgsRecommended"
        case legacyKeyValueFormat = "LegacyKeyValueFormat"
        case maintainerDeprecated = "MaintainerDeprecated"
        case multipleInstructionsDisallowed = "MultipleInstructionsDisallowed"
        case noEmptyContinuation = "NoEmptyContinuation"
        case redundantTargetPlatform = "RedundantTargetPlatform"
        case reservedStageName = "ReservedStageName"
        case secretsUsedInArgOrEnv = "SecretsUsedInArgOrEnv"
        case stageNameCasing = "StageNameCasing"
        case undefinedArgInFrom = "UndefinedArgInFrom"
        case undefinedVar = "UndefinedVar"
        case workdirRelativePath = "WorkdirRelativePath"
    }
}
