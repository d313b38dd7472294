internal import Primitives
internal import Templates

/// The template of the option `tag`, in the language of Go's text/template: `{{.Name}}/{{.ID}}`.
public struct LogTag: Sendable, Hashable {
    /// What Docker uses where no tag is given: the short id.
    public static let standard = LogTag(text: "{{.ID}}")

    private let text: String

    private init(text: String) {
        self.text = text
    }

    /// Fails for what is not a template, or asks for what there is not of a container.
    ///
    /// - Throws: with Docker's words.
    init(_ template: String) throws(LogProblem) {
        self.init(text: template)
        _ = try fill(.example)
    }

    /// The tag of a container.
    public func text(of subject: LogSubject) -> String {
        (try? fill(subject)) ?? subject.shortID
    }

    private func fill(_ subject: LogSubject) throws(LogProblem) -> String {
        do throws(TemplateError) {
            return try Template(text).fill(.structure(subject.templateStructure))
        } catch {
            let named = "\(error)".replacing("template: :", with: "template: log-tag:")
            throw LogProblem("tag", named.replacing("executing \"\"", with: "executing \"log-tag\""))
        }
    }
}

extension LogSubject {
    /// A container for trying templates.
    fileprivate static let example: LogSubject = {
        let id = String(repeating: "0", count: 64)
        let configuration = ContainerConfiguration(name: "name", image: "image")
        let container = Container(
            id: id, name: "name", imageID: "sha256:" + id, configuration: configuration, arguments: ["program"],
            created: .init(nanoseconds: 0))
        return LogSubject(container, environment: [])
    }()

    /// The fields and methods that Docker's templates have, in its order.
    fileprivate var templateStructure: TemplateStructure {
        TemplateStructure(
            "*logger.Info",
            [
                ("ContainerID", .string(id)), ("ContainerName", .string("/" + name)),
                ("ContainerEntrypoint", .string(arguments.first ?? "")),
                ("ContainerArgs", .strings(Array(arguments.dropFirst()))), ("ContainerImageID", .string(imageID)),
                ("ContainerImageName", .string(imageName)), ("ContainerCreated", .string(created.rfc3339)),
                ("ContainerEnv", .strings(environment)),
                ("ContainerLabels", .map(TemplateMap(labels.mapValues { .string($0) }))),
                ("DaemonName", .string("docker")), ("Command", .string(command)), ("ID", .string(shortID)),
                ("FullID", .string(id)), ("Name", .string(name)), ("ImageID", .string(String(imageID.prefix(12)))),
                ("ImageFullID", .string(imageID)), ("ImageName", .string(imageName)),
            ])
    }
}
