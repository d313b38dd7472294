public import Primitives

/// When a container that has ended is started again (the Compose Specification's `restart`).
public enum RestartPolicy: Codable, Sendable, Hashable {
    case no
    case always
    /// `maximumRetries` 0 is without limit.
    case onFailure(maximumRetries: Int)
    case unlessStopped

    /// `no`, `always`, `unless-stopped`, `on-failure`, `on-failure:3`; an empty text is `no`.
    public init(parsing text: some StringProtocol) throws(GrammarError) {
        let parts = text.split(separator: ":", maxSplits: 1)
        switch parts.first {
        case nil, "no": self = .no
        case "always": self = .always
        case "unless-stopped": self = .unlessStopped
        case "on-failure" where parts.count == 1: self = .onFailure(maximumRetries: 0)
        case "on-failure":
            guard let retries = Int(parts[1]), retries >= 0 else {
                throw GrammarError("is not a restart policy: a number comes after the colon", in: text, at: 11)
            }
            self = .onFailure(maximumRetries: retries)
        default: throw GrammarError("is not a restart policy", in: text)
        }
    }
}

/// How restarts by policy follow each other, where the file says it (Compose `deploy.restart_policy`).
public struct RestartPacing: Codable, Sendable, Hashable {
    /// Between the end of a run and the next start; nil begins with 0.1 s and doubles up to a minute, as in Docker.
    public var delayNanoseconds: Int64?
    /// A run that lasts as long has succeeded: the count of attempts begins anew. nil never forgets one.
    public var windowNanoseconds: Int64?

    public init(delayNanoseconds: Int64? = nil, windowNanoseconds: Int64? = nil) {
        self.delayNanoseconds = delayNanoseconds
        self.windowNanoseconds = windowNanoseconds
    }
}
