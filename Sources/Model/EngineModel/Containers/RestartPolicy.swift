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
