/// Which images a project's services need from elsewhere: what is pulled, and then what is built. Made by
/// ``planSupply(_:images:options:now:)``.
public struct SupplyPlan: Sendable, Equatable {
    /// One image of a registry, pulled once for all services that use it.
    public struct Pull: Sendable, Equatable {
        /// The reference as the services name it.
        public var image: String
        /// `os/arch[/variant]`; nil is the machine's own.
        public var platform: String?
        /// Those that use it, sorted: progress is shown under their names.
        public var services: [String]
        /// It can be built instead: a failure is a warning.
        public var mayFail: Bool
        /// Why it is pulled: `not on this host`.
        public var cause: String
    }

    /// An image to build.
    public struct Build: Sendable, Equatable {
        /// Whose `build` it is.
        public var service: String
        /// What the result is called.
        public var image: String
        /// Builds (their indices) whose results are needed, or are waited for because the service depends on theirs.
        public var after: [Int]
        /// Only if this pull (its index) has failed.
        public var ifPullFailed: Int?
        /// Why it is built: `not on this host`.
        public var cause: String
    }

    /// Why an image is neither pulled nor built.
    public enum Skip: Sendable, Equatable {
        case noImage, present, buildable, policy
        case pulledBy(String)
    }

    /// In no order: each is of another image or platform.
    public internal(set) var pulls: [Pull] = []
    /// What they wait for are indices of this list.
    public internal(set) var builds: [Build] = []
    /// Services for which nothing is pulled, and why.
    public internal(set) var skipped: [String: Skip] = [:]

    /// Nothing is pulled and nothing is built.
    public var isEmpty: Bool { pulls.isEmpty && builds.isEmpty }
}

extension SupplyPlan: CustomStringConvertible {
    /// One line for each step: `pull redis:7 for cache: not on this host`.
    public var description: String {
        var text = ""
        for pull in pulls {
            let platform = pull.platform.map { " (\($0))" } ?? ""
            text += "pull \(pull.image)\(platform) for \(pull.services.joined(separator: ", ")): \(pull.cause)\n"
        }
        for (index, build) in builds.enumerated() {
            text += "\(index + 1). build \(build.service) as \(build.image)"
            if !build.after.isEmpty { text += " (after \(build.after.map { "\($0 + 1)" }.joined(separator: ", ")))" }
            if let pull = build.ifPullFailed { text += " unless \(pulls[pull].image) is pulled" }
            text += ": \(build.cause)\n"
        }
        return text
    }
}

/// How images are supplied.
public struct SupplyOptions: Sendable {
    /// `--pull`: overrides the services' own policies.
    public var policy: PullPolicy?
    /// `--build`: all that can be built is built.
    public var build = false
    /// `--no-build`: nothing is built.
    public var noBuild = false
    /// DOCKER_DEFAULT_PLATFORM.
    public var defaultPlatform: String?

    public init() {}
}
