internal import ArgumentParser
internal import ComposeLoader
internal import ComposeModel
internal import EngineModel
internal import ImageModel
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import Reconciler
internal import Registry
internal import StateStore
internal import TerminalUI

/// Sends the project's files to a registry, where `-f oci://…` finds them.
struct PublishCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.exactly(1)

    @Flag(help: "Published compose application (includes referenced images). Refused: images stay where they are.")
    var app = false
    @Option(help: "OCI image/artifact specification version (automatically determined by default)")
    var ociVersion: String?
    @Flag(help: "Pin image tags to digests")
    var resolveImageDigests = false
    @Flag(help: "Include environment variables in the published OCI artifact")
    var withEnv = false
    @Flag(name: .shortAndLong, help: "Assume \"yes\" as answer to all prompts")
    var yes = false
    @Argument(help: "REPOSITORY[:TAG]")
    var repository: String

    func execute(_ context: CommandContext) throws -> Int32 {
        if app {
            throw CommandError(
                "--app is not supported: images are not copied next to the project",
                hint: "publish without it; the images of services are pulled from where the file names them")
        }
        let interruption = try Interruption()
        let reference = try RegistryWords.reference(repository)
        let version = try version()
        let project = try load(context)
        if let refusal = PublicationChecks.refusal(of: project, withEnvironment: withEnv) {
            throw CommandError(refusal)
        }
        for question in PublicationChecks.questions(about: project) where !yes {
            guard Prompt.confirm(question, fallback: false, output: context.output) else {
                return 0
            }
        }
        let display = context.progress("Publishing")
        defer { display.finish() }
        let (tags, skipped) = PushCommand.tags(of: project)
        for service in skipped { display.report(ProgressItem(service, "Skipped", .done)) }
        try context.push(tags, display: display, ignoringFailures: true, cancellation: interruption.cancellation)
        let files = try files(of: project, context)
        display.report(ProgressItem(repository, "publishing", .working))
        if !context.root.dryRun {
            let client = RegistryClient(
                store: try context.images(), options: .fromEnvironment(context.environment))
            _ = try client.publish(
                files, as: ComposeArtifact.kind, to: reference, version: version, created: Instant.now().rfc3339,
                cancellation: interruption.cancellation)
        }
        display.report(ProgressItem(repository, "published", .done))
        return 0
    }

    private func version() throws -> ArtifactVersion? {
        guard let ociVersion, !ociVersion.isEmpty else { return nil }
        guard let version = ArtifactVersion(rawValue: ociVersion) else {
            throw CommandError("unsupported OCI version \"\(ociVersion)\"", hint: "it is 1.0 or 1.1")
        }
        return version
    }

    /// With the services of all profiles, and as the files have them: env files stay what they are.
    private func load(_ context: CommandContext) throws -> Project {
        var options = context.loadOptions()
        options.profiles = ["*"]
        options.resolveEnvironment = false
        let result = try loadProject(options, files: HostFiles())
        for warning in result.warnings { context.warn(warning.description) }
        return result.project
    }

    private func files(of project: Project, _ context: CommandContext) throws -> [RegistryArtifact.File] {
        var files = try publishedFiles(of: project, files: HostFiles()).map(ComposeArtifact.layer)
        if resolveImageDigests {
            var pinned = project
            try context.resolveImages(of: &pinned)
            let text = renderImages(of: pinned, as: .yaml)
            files.append(
                ComposeArtifact.layer(
                    PublishedFile(name: "image-digests.yaml", kind: .main, bytes: Array(text.utf8))))
        }
        return files
    }
}
