import YAML

/// A variable that the files of a project use.
public struct ProjectVariable: Sendable, Hashable {
    public var name: String
    /// `${NAME?…}`, `${NAME:?…}`
    public var required: Bool
    /// `${NAME-…}`, `${NAME:-…}`
    public var defaultValue: String
    /// `${NAME+…}`, `${NAME:+…}`
    public var alternateValue: String
}

/// The variables that the files of a project use, by name. Of several uses of one the last counts.
public func projectVariables(
    _ options: LoadOptions, files: any FileProvider
) throws(LoadFailure) -> [ProjectVariable] {
    var options = options
    options.interpolate = false
    let document = try Loading(options, context: LoadContext(files: files)).document()
    var found: [String: ProjectVariable] = [:]
    collectVariables(Node(.mapping(document)), into: &found)
    return found.values.sorted { $0.name < $1.name }
}

private func collectVariables(_ node: Node, into found: inout [String: ProjectVariable]) {
    switch node.value {
    case .string(let text): collectVariables(text, into: &found, depth: 0)
    case .sequence(let items):
        for item in items { collectVariables(item, into: &found) }
    case .mapping(let mapping):
        for entry in mapping.entries { collectVariables(entry.value, into: &found) }
    default: return
    }
}

private func collectVariables(_ text: String, into found: inout [String: ProjectVariable], depth: Int) {
    guard depth < 16, text.utf8.contains(UInt8(ascii: "$")) else { return }
    var rest = Array(text.utf8)[...]
    while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
        rest = rest[dollar...]
        guard let part = try? Template.firstPart(of: rest, in: text) else { return }
        rest = rest.dropFirst(part.length)
        guard case .use(let use) = part.kind else { continue }
        let sign = use.operation.last
        found[use.name] = ProjectVariable(
            name: use.name, required: sign == "?", defaultValue: sign == "-" ? use.argument : "",
            alternateValue: sign == "+" ? use.argument : "")
        collectVariables(use.argument, into: &found, depth: depth + 1)
    }
}
