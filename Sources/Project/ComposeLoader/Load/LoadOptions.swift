public import ComposeModel

/// What to load and how: the command line's root options and the caller's surroundings.
public struct LoadOptions: Sendable {
    /// Which other services come along with those named in `services`.
    public enum DependencyPolicy: Sendable {
        /// Everything they depend on.
        case dependencies
        /// Everything that depends on them.
        case dependents
        /// Nothing (`--no-deps`); their `dependsOn` is emptied.
        case none
    }

    /// Paths in order, later ones override earlier ones; `-` is standard input. Empty: `COMPOSE_FILE`, else discovery.
    public var files: [String] = []
    /// `--project-name`; nil: `COMPOSE_PROJECT_NAME`, `name:` of the files, the directory's name.
    public var projectName: String?
    /// `--project-directory`; nil: the directory of the first file.
    public var projectDirectory: String?
    /// `--profile`; empty: `COMPOSE_PROFILES`. `*` is all.
    public var profiles: [String] = []
    /// `--env-file`; empty: `.env` of the working and the project directory.
    public var envFiles: [String] = []
    /// The caller's environment.
    public var environment: [String: String]
    /// The caller's current directory, absolute.
    public var workingDirectory: String
    /// Services named on the command line; empty is all that the profiles enable. Naming a service enables it.
    public var services: [String] = []
    public var dependencyPolicy = DependencyPolicy.dependencies
    /// Keep networks, volumes, secrets and configs that no enabled service uses.
    public var allResources = false
    public var interpolate = true
    public var normalize = true
    public var resolvePaths = true
    public var checkConsistency = true
    public var resolveEnvironment = true

    public init(environment: [String: String], workingDirectory: String) {
        self.environment = environment
        self.workingDirectory = workingDirectory
    }
}

/// A project and what docker compose would have warned about while loading it.
public struct LoadResult: Sendable {
    public var project: Project
    public var warnings: [Diagnostic]
}
