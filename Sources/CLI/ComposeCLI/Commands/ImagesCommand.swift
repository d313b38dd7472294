internal import ArgumentParser
internal import EngineModel
internal import LinuxSystem
internal import Primitives
internal import TerminalUI

struct ImagesCommand: ComposeCommand {
    @Option(help: "Format the output. Values: [table | json]")
    var format = "table"
    @Flag(name: .shortAndLong, help: "Only display IDs")
    var quiet = false
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        guard format == "table" || format == "json" else {
            throw CommandError(
                "format value \"\(format)\" could not be parsed: parsing failed", hint: "it is table or json")
        }
        let engine = try context.engine()
        let containers = try context.containers(of: services).found
        if quiet {
            var seen: Set<String> = []
            for container in containers where seen.insert(container.imageID).inserted {
                context.output.line(Self.plain(container.imageID))
            }
            return 0
        }
        var table = Table(
            ["CONTAINER", "REPOSITORY", "TAG", "PLATFORM", "IMAGE ID", "SIZE", "CREATED"], minimumWidth: 20)
        var objects: [JSONValue] = []
        for container in containers {
            let image = try engine.image(container.imageID)
            let (repository, tag) = Self.reference(container, image)
            let size = image?.size ?? 0
            table.add([
                container.name, repository, tag, image?.platform ?? "",
                String(Self.plain(container.imageID).prefix(12)),
                HumanText.size(size, digits: 3), image?.created.map { HumanText.ago(since: $0, now: .now()) } ?? "N/A",
            ])
            var object: JSONValue = [
                "ID": .string(container.imageID), "ContainerName": .string(container.name),
                "Repository": .string(repository), "Tag": .string(tag), "Platform": .string(image?.platform ?? ""),
                "Size": .number(size),
            ]
            object["Created"] = image?.created.map { .string($0.rfc3339) }
            object["LastTagTime"] = image.map { .string($0.stored.rfc3339) }
            objects.append(object)
        }
        if format == "json" {
            context.output.line(JSONValue.array(objects).description)
        } else {
            context.output.write(table.text)
        }
        return 0
    }

    private static func plain(_ id: String) -> String {
        id.hasPrefix("sha256:") ? String(id.dropFirst(7)) : id
    }

    /// Name and tag by which the service asked for the image, else any that the image has.
    private static func reference(_ container: Container, _ image: Image?) -> (repository: String, tag: String) {
        let asked = container.configuration.image
        let known = image?.tags ?? []
        let text = known.contains(asked) || known.contains("\(asked):latest") ? asked : known.first ?? "<none>:<none>"
        let name = text.split(separator: "/").last ?? ""
        guard let colon = name.lastIndex(of: ":"), let place = text.lastIndex(of: ":") else { return (text, "latest") }
        return (String(text[..<place]), String(name[name.index(after: colon)...]))
    }
}
