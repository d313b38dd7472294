import YAML

/// A variable that the files of a project use.
public struct ProjectVariable: Sendable, Hashable {
    /// Without `$` and braces.
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
    let context = LoadContext(files: files)
    let document = try Loading(options, context: context).document()
    try context.finish()
    var found: [String: ProjectVariable] = [:]
    collectVariables(Node(.mapping(document)), into: &found)
    return found.values.sorted { $0.name < $1.name }
}

private func collectVariables(_ node: Node, into found: inout [String: ProjectVariable]) {
    switch node.value {
    case .string(let text): collectVariables(Array(text.utf8)[...], into: &found, depth: 0)
    case .sequence(let items):
        for item in items { collectVariables(item, into: &found) }
    case .mapping(let mapping):
        for entry in mapping.entries { collectVariables(entry.value, into: &found) }
    default: return
    }
}

private func collectVariables(_ bytes: ArraySlice<UInt8>, into found: inout [String: ProjectVariable], depth: Int) {
    guard depth < 16 else { return }
    var rest = bytes
    while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
        rest = rest[dollar...]
        guard let part = try? Template.firstPart(of: rest) else { return }
        rest = rest.dropFirst(part.length)
        guard let use = part.use else { continue }
        let sign = use.operation.last
        let argument = String(decoding: use.argument, as: UTF8.self)
        found[use.name] = ProjectVariable(
            name: use.name, required: sign == "?", defaultValue: sign == "-" ? argument : "",
            alternateValue: sign == "+" ? argument : "")
        collectVariables(use.argument, into: &found, depth: depth + 1)
    }
}
