import Dockerfile
import ImageModel
import Primitives
import Templates
import YAML

@testable import ComposeLoader
@testable import ComposeModel

/// What takes text from outside and must neither crash nor loop, whatever the text is. Each target also checks what must
/// hold for every text that it accepts.
public enum FuzzTarget: String, CaseIterable, Sendable {
    case yaml, interpolation, dotenv, port, volume, size, duration, reference, dockerfile, word, template

    /// Runs the target on one input.
    ///
    /// - Returns: what does not hold; nil if all is well. A crash is a finding too.
    public func run(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        switch self {
        case .yaml: return Self.project(bytes)
        case .interpolation:
            let template = ComposeLoader.Template(lookup: { $0.count % 2 == 0 ? $0 : nil }, missing: { _ in })
            guard let result = try? template.substitute(text) else { return nil }
            return text.contains("$") || result == text ? nil : "a text without variables was changed"
        case .dotenv:
            guard let values = try? DotEnv.parse(bytes, lookup: { _ in nil }, missing: { _ in }) else { return nil }
            return values.keys.contains { $0.utf8.contains(0x0a) } ? "a name goes over a line's end" : nil
        case .port:
            guard let mappings = try? PortMapping.parse(text).mappings else { return nil }
            if mappings.isEmpty { return "a text without a port" }
            for mapping in mappings {
                if mapping.containerPort == 0 { return "a port is 0" }
                let again = try? PortMapping.parse(mapping.description).mappings
                if again != [mapping] { return "\(mapping) became \(again ?? [])" }
            }
            return nil
        case .volume:
            guard let mapping = try? VolumeMapping(text) else { return nil }
            return mapping.target.isEmpty ? "a mount has no target" : nil
        case .size:
            guard let size = try? ByteCount(parsing: text) else { return nil }
            return size.bytes >= 0 ? nil : "a size is negative"
        case .duration:
            guard let value = try? Duration(parsing: text) else { return nil }
            return (try? Duration(parsing: value.text)) == value ? nil : "\(value) is written \(value.text)"
        case .dockerfile:
            guard let file = try? Dockerfile(parsing: bytes) else { return nil }
            return file.stages.isEmpty ? "a file without a stage" : nil
        case .word:
            let expansion = WordExpansion(escape: .backslash)
            let value: (String) -> String? = { $0.count % 2 == 0 ? $0 : nil }
            var undefined = Set<String>()
            guard let result = try? expansion.word(text, undefined: &undefined, value: value) else { return nil }
            let isPlain = text.utf8.allSatisfy { !"$\\'\"".utf8.contains($0) }
            return isPlain && result != text ? "a text without variables and quotes was changed" : nil
        case .template:
            guard let template = try? Templates.Template(text) else { return nil }
            var limits = TemplateLimits()
            (limits.output, limits.steps) = (100_000, 10_000)
            guard let result = try? template.fill(Self.value, limits: limits) else { return nil }
            return text.contains("{{") || result == text ? nil : "a text without actions was changed"
        case .reference:
            guard let reference = try? ImageReference(text) else { return nil }
            guard let again = try? ImageReference(reference.description) else { return "\(reference) is none" }
            return again == reference ? nil : "\(reference) became \(again)"
        }
    }

    /// What templates are filled with.
    private static let value = TemplateValue(
        ["Name": "web", "ExitCode": 0, "Ports": [80, 443], "Labels": ["a": "b"], "None": .null], maps: ["Labels"])

    /// A file that loads can be written, as YAML that is read again. What it says may then be refused: as docker
    /// compose does, empty members are left out, such as the content of a config.
    private static func project(_ bytes: [UInt8]) -> String? {
        guard let project = load(bytes) else { return nil }
        _ = renderProject(project, as: .json)
        let written = renderProject(project, as: .yaml)
        return (try? parseYAML(Array(written.utf8), file: 0)) == nil ? "what was written is no YAML:\n\(written)" : nil
    }

    private static func load(_ bytes: [UInt8]) -> Project? {
        var options = LoadOptions(environment: ["WORD": "word", "EMPTY": ""], workingDirectory: "/p")
        options.projectName = "fuzz"
        options.profiles = ["*"]
        return try? loadProject(options, files: FuzzedFile(bytes: bytes)).project
    }
}

/// `/p/compose.yaml`, and nothing beside it.
private struct FuzzedFile: FileProvider {
    var bytes: [UInt8]

    func read(_ path: String, limit: Int) throws(FileFailure) -> [UInt8] {
        guard path == "/p/compose.yaml" else { throw FileFailure(path: path, reason: "no such file", missing: true) }
        return bytes
    }

    func kind(of path: String) -> FileKind {
        path == "/p/compose.yaml" ? .regular : path == "/p" ? .directory : .missing
    }

    func resolvingSymlinks(_ path: String) -> String? { nil }
}
