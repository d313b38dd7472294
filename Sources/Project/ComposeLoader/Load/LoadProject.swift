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
    try context.finish()
    return LoadResult(project: project, warnings: context.warnings)
}

/// The caller's variables and those of the project's env files: what COMPOSE_… means for commands that do not load
/// the project. Problems are left to those that do.
public func projectEnvironment(_ options: LoadOptions, files: any FileProvider) -> [String: String] {
    ProjectOptions.environment(options, context: LoadContext(files: files))
}

/// The variables of one env file, in the grammar of `env_file` and `.env`.
///
/// - Parameters:
///   - warn: takes what is missing or odd without being an error.
///   - lookup: values known before the file, for `${NAME}` and for lines without a value.
public func environmentFile(
    _ path: String, files: any FileProvider, warn: (String) -> Void, lookup: @escaping (String) -> String?
) throws(LoadFailure) -> [String: String] {
    let context = LoadContext(files: files)
    if files.kind(of: path) == .missing { throw LoadFailure("env file \(path) not found") }
    let values = try EnvironmentFiles.parse(path, context: context, lookup: lookup)
    for warning in context.warnings { warn(warning.message) }
    return values
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
        var found = try ProjectOptions(options, context: context)
        environment = found.environment
        do {
            name = try found.projectName()
        } catch {
            // Without the files there is no telling what the name would be.
            if context.problems.isEmpty { context.report(error) }
            name = "project"
        }
        self.found = found
        environment["COMPOSE_PROJECT_NAME"] = name
    }

    /// The merged document, in canonical form and normalised. Problems are in the context; throws when that is no use.
    func document() throws(LoadFailure) -> Mapping {
        let loader = DocumentLoader(
            context: context, directory: found.directory, baseDirectory: found.directory, environment: environment,
            interpolate: options.interpolate, resolvePaths: options.resolvePaths, home: environment["HOME"])
        var document = try loader.model(found.files)
        if document.isEmpty {
            try context.finish()
            throw LoadFailure("empty compose file", file: found.files.first?.name)
        }
        if options.normalize {
            document["name"] = Node(.string(name))
            // Where variables stay as they are, those that take the caller's value do too.
            let variables = options.interpolate ? environment : [:]
            Normalize(context: context, projectName: name, environment: variables).apply(to: &document)
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
        if options.checkConsistency { Consistency.check(project, document: document, context: context) }
        project.enable(options.services)
        if context.problems.isEmpty { try project.select(options.services, options.dependencyPolicy) }
        resolveEnvironment(of: &project, document)
        if !options.allResources { project.dropUnusedResources() }
        Gaps.find(in: document, context: context)
        let host = HostFacts(files: context.files, directory: found.directory, home: environment["HOME"])
        Judgement.pass(on: document, context: context, host: host)
        PortClashes.find(in: project, document: document, context: context)
        project.gaps = context.gaps
        return project
    }

    private var profiles: [String] {
        if !options.profiles.isEmpty { return options.profiles }
        // Without the variable the profile with the empty name is active, as in docker compose.
        return (environment["COMPOSE_PROFILES"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.trimmingSpaces() }
    }

    private func resolveEnvironment(of project: inout Project, _ document: Mapping) {
        for name in project.services.keys.sorted() {
            guard var service = project.services[name] else { continue }
            reporting(service, "env_file", document) { () throws(LoadFailure) in
                if !options.resolveEnvironment { return }
                try EnvironmentFiles.resolve(&service, environment: environment, context: context)
            }
            reporting(service, "label_file", document) { () throws(LoadFailure) in
                try EnvironmentFiles.resolveLabels(&service, context: context)
            }
            project.services[name] = service
        }
    }

    /// What is wrong with a file is reported at its place there, else where it is named.
    private func reporting(
        _ service: Service, _ attribute: String, _ document: Mapping, _ body: () throws(LoadFailure) -> Void
    ) {
        do {
            try body()
        } catch {
            let mark = document.mark(of: ["services", service.name, attribute])
            for problem in error.problems {
                guard problem.line == 0 else {
                    context.report(LoadFailure([problem]))
                    continue
                }
                let message = (problem.file.map { $0 + ": " } ?? "") + problem.message
                context.report(context.failure(message, path: "services.\(service.name).\(attribute)", at: mark))
            }
        }
    }
}
