/// The paths of all attributes that a Compose file may have, in alphabetical order: `services.*.ports[].target`, where
/// `*` stands for a name that the file chooses and `[]` for an item of a list.
public func attributePaths() -> [String] {
    var paths = Set<String>()
    collect(Shapes.document, at: "", into: &paths)
    return paths.sorted()
}

private func collect(_ shape: Shape, at path: String, into paths: inout Set<String>) {
    for (key, child) in shape.properties {
        let place = path.isEmpty ? key : "\(path).\(key)"
        paths.insert(place)
        collect(child, at: place, into: &paths)
    }
    if let named = shape.named, named.shape.hasProperties { collect(named.shape, at: "\(path).*", into: &paths) }
    if let items = shape.items { collect(items, at: "\(path)[]", into: &paths) }
}

extension Shape {
    fileprivate var hasProperties: Bool {
        !properties.isEmpty || items?.hasProperties == true || named?.shape.hasProperties == true
    }
}
