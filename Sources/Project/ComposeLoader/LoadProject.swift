import ComposeModel
import YAML

/// Loads a project.
///
/// Everything it knows comes from `options` and `files`. All problems of one phase of a file are reported together.
public func loadProject(_ options: LoadOptions, files: any FileProvider) throws(LoadFailure) -> LoadResult {
    let context = LoadContext(files: files)
    let loading = try Loading(options, context: context)
    let document = try loading.document()
    let project = try loading.project(from: document)
    return LoadResult(project: project, warnings: context.warnings)
}

/// The steps from options to a project.
struct Loading {
    let options: LoadOptions
    let context: LoadContext
    let found: ProjectOptions
    var environment: [String: String]
    var name = ""

    init(_ options: LoadOptions, context: LoadContext) throws(LoadFailure) {
        self.options = options
        self.context = context
        found = try ProjectOptions(options, context: context)
        environment = found.environment
        name = try found.projectName()
        environment["COMPOSE_PROJECT_NAME"] = name
    }

    /// The merged document, in canonical form and normalised.
    func document() throws(LoadFailure) -> Mapping {
        let loader = DocumentLoader(
            context: context, directory: found.directory, baseDirectory: found.directory, environment: environment,
            interpolate: options.interpolate, resolvePaths: options.resolvePaths, home: environment["HOME"])
        var document = try loader.model(found.files)
        if document.isEmpty { throw LoadFailure("empty compose file", file: found.files.first?.name) }
        if options.normalize {
            document["name"] = Node(.string(name))
            Normalize(context: context, projectName: name, environment: environment).apply(to: &document)
        }
        return document
    }

    func project(from document: Mapping) throws(LoadFailure) -> Project {
        var project = Project(name: name, workingDirectory: found.directory)
        project.composeFiles = found.files.map(\.path)
        project.environment = environment
        let decoder = Decoder(context: context)
        try decoder.fill(
            &project, from: Node(.mapping(document)), DecodeProject.attributes, extensions: \.extensions)
        project.activate(profiles: profiles)
        if options.checkConsistency { try Consistency.check(project) }
        project.enable(options.services)
        try project.select(options.services, options.dependencyPolicy)
        try resolveEnvironment(of: &project)
        if !options.allResources { project.dropUnusedResources() }
        return project
    }

    private var profiles: [String] {
        if !options.profiles.isEmpty { return options.profiles }
        // Without the variable the profile with the empty name is active, as in docker compose.
        return (environment["COMPOSE_PROFILES"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.trimmingSpaces() }
    }

    private func resolveEnvironment(of project: inout Project) throws(LoadFailure) {
        for name in project.services.keys.sorted() {
            guard var service = project.services[name] else { continue }
            if options.resolveEnvironment {
                try EnvironmentFiles.resolve(&service, environment: environment, context: context)
            }
            try EnvironmentFiles.resolveLabels(&service, context: context)
            project.services[name] = service
        }
    }
}
