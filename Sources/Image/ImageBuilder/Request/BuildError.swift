public import EngineModel

/// Why a build failed, with the place in the Dockerfile where there is one.
public struct BuildError: Error, Sendable, Hashable {
    /// What kind of failure it is, in the words of the engine's errors.
    public var code: EngineError.Code
    /// As given: `Dockerfile`, `docker/web.Dockerfile`.
    public var dockerfile: String
    /// Lines of the instruction, from 1; nil if the failure has no place in the file.
    public var lines: ClosedRange<Int>?
    /// The instruction, as the output shows it: `RUN make`.
    public var instruction: String?
    /// The lines around `lines` with their numbers, those of the instruction marked with `>>>`.
    public var excerpt: [String]
    /// The step as it was shown: `[stage-1 2/5] RUN make`.
    public var step: String?
    /// What is wrong, in lower case, without a full stop.
    public var reason: String
    /// What the user can do about it; empty when there is nothing to say.
    public var hint: String
    /// Of the `RUN` that failed.
    public var exitCode: Int32?
    /// The last lines that the failed `RUN` wrote.
    public var lastOutput: [String]
    /// What lay behind it, the nearest first.
    public var causes: [String] = []

    public init(_ code: EngineError.Code, dockerfile: String, _ reason: String, hint: String = "") {
        self.code = code
        self.dockerfile = dockerfile
        self.reason = reason
        self.hint = hint
        excerpt = []
        lastOutput = []
    }
}

extension BuildError: CustomStringConvertible {
    /// `Dockerfile:5: RUN make: exit code 2`.
    public var description: String {
        let place = lines.map { "\(dockerfile):\($0.lowerBound)" } ?? dockerfile
        return [place, instruction ?? "", reason].filter { !$0.isEmpty }.joined(separator: ": ")
    }
}
