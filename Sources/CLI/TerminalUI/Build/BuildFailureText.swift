/// What is printed about a build that failed, after its progress: the failed step with its last output, and its place
/// in the Dockerfile.
public struct BuildFailureText: Sendable, Equatable {
    /// `[web 2/3] RUN make`; nil if no step failed.
    public var step: String?
    /// The last lines of the failed step's output.
    public var lastOutput: [String]
    /// The Dockerfile's name, as it is shown.
    public var dockerfile: String
    /// The first line of the instruction, from 1.
    public var line: Int?
    /// Lines of the file with their numbers.
    public var excerpt: [String]

    public init(step: String?, lastOutput: [String], dockerfile: String, line: Int?, excerpt: [String]) {
        self.step = step
        self.lastOutput = lastOutput
        self.dockerfile = dockerfile
        self.line = line
        self.excerpt = excerpt
    }

    /// With a line break at the end; empty if there is nothing to show.
    public var text: String {
        var text = ""
        if let step {
            text += "------\n > \(step):\n"
            for line in lastOutput { text += line + "\n" }
            text += "------\n"
        }
        if let line, !excerpt.isEmpty {
            let rule = String(repeating: "-", count: 20)
            text += "\(dockerfile):\(line)\n\(rule)\n" + excerpt.map { $0 + "\n" }.joined() + "\(rule)\n"
        }
        return text
    }
}
