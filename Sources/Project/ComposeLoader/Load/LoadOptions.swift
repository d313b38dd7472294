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
    /// Of no effect as long as ``services`` is empty.
    public var dependencyPolicy = DependencyPolicy.dependencies
    /// Keep networks, volumes, secrets and configs that no enabled service uses.
    public var allResources = false
    /// False leaves `${…}` as it is written (`config --no-interpolate`).
    public var interpolate = true
    /// False fills in no defaults (`config --no-normalize`).
    public var normalize = true
    /// False leaves relative paths as they are written (`config --no-path-resolution`).
    public var resolvePaths = true
    /// False does not look whether what one part refers to is there (`config --no-consistency`).
    public var checkConsistency = true
    /// False leaves the files of `env_file` unread.
    public var resolveEnvironment = true

    public init(environment: [String: String], workingDirectory: String) {
        self.environment = environment
        self.workingDirectory = workingDirectory
    }
}

/// A project and what docker compose would have warned about while loading it.
public struct LoadResult: Sendable {
    /// What the files mean, with the services that were asked for.
    public var project: Project
    /// In the order of the files; never a reason to fail.
    public var warnings: [Diagnostic]
}
