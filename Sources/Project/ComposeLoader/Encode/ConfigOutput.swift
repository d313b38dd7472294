public import ComposeModel
import Digests
import YAML

/// How `config` prints.
public enum ConfigFormat: String, Sendable, CaseIterable {
    case yaml, json
}

/// The project in canonical form, as `config` prints it, with a line break at the end.
///
/// - Parameter doublingDollars: writes `$$` for `$`, so that the text can be loaded again with interpolation.
public func renderProject(_ project: Project, as format: ConfigFormat, doublingDollars: Bool = true) -> String {
    render(EncodeProject.value(project, format == .yaml ? .yaml : .json), as: format, doublingDollars: doublingDollars)
}

/// The same in pieces: the text is never in memory as a whole.
public func writeProject(
    _ project: Project, as format: ConfigFormat, doublingDollars: Bool = true,
    to sink: @escaping (UnsafeRawBufferPointer) -> Void
) {
    let value = EncodeProject.value(project, format == .yaml ? .yaml : .json)
    var pieces = TextPieces(doublingDollars: doublingDollars, sink: sink)
    write(value, as: format, to: &pieces)
}

/// Only the services' images, as an override for the project's files (`config --lock-image-digests`).
public func renderImages(of project: Project, as format: ConfigFormat) -> String {
    let services = project.serviceNames.compactMap { project.services[$0] }.map { service in
        OutputValue.Entry(
            service.name, .mapping((service.image.map { [.init("image", .string($0))] }) ?? []))
    }
    return render(.mapping([.init("services", .mapping(services))]), as: format, doublingDollars: true)
}

/// The merged files in canonical form without variables replaced and without profiles applied
/// (`config --no-interpolate`).
public func renderDocument(
    _ options: LoadOptions, files: any FileProvider, as format: ConfigFormat
) throws(LoadFailure) -> (text: String, warnings: [Diagnostic]) {
    var options = options
    options.interpolate = false
    let context = LoadContext(files: files)
    var document = try Loading(options, context: context).document()
    try context.finish()
    if format == .json { omitEmptyLists(&document, Unique.rules, normalized: options.normalize) }
    let value = OutputValue(Node(.mapping(document)))
    return (render(value, as: format, doublingDollars: false), context.warnings)
}

/// Empty lists are null in JSON, but for those that were searched for doubles and not filled with variables later.
private func omitEmptyLists(_ mapping: inout Mapping, _ rules: PathRules<Unique.Key>?, normalized: Bool) {
    for position in 0..<mapping.count {
        let key = mapping.entries[position].key
        let below = rules?.next(key)
        let isFilled = normalized && (key == "environment" || key == "args")
        if below?.rule != nil, !isFilled, mapping[position].sequence?.isEmpty == true { continue }
        omitEmptyLists(&mapping[position], below, normalized: normalized)
    }
}

private func omitEmptyLists(_ node: inout Node, _ rules: PathRules<Unique.Key>?, normalized: Bool) {
    if let items = node.sequence {
        if items.isEmpty { node.value = .null }
        node.withSequence { items in
            for index in items.indices { omitEmptyLists(&items[index], nil, normalized: normalized) }
        }
    }
    node.withMapping { omitEmptyLists(&$0, rules, normalized: normalized) }
}

private func render(_ value: OutputValue, as format: ConfigFormat, doublingDollars: Bool) -> String {
    var text: [UInt8] = []
    withoutActuallyEscaping({ text.append(contentsOf: $0) }) { sink in
        var pieces = TextPieces(doublingDollars: doublingDollars, sink: sink)
        write(value, as: format, to: &pieces)
    }
    return String(decoding: text, as: UTF8.self)
}

private func write(_ value: OutputValue, as format: ConfigFormat, to pieces: inout TextPieces) {
    switch format {
    case .yaml: YAMLWriter.write(value, to: &pieces)
    case .json:
        JSONWriter.write(value, to: &pieces)
        pieces.append("\n")
    }
    pieces.flush()
}

/// A hash of all that makes a service's containers out of date when it changes: 64 hexadecimal digits.
///
/// Build, pull policy, number of containers, dependencies and profiles do not count. The same as docker compose's
/// `com.docker.compose.config-hash`.
public func configurationHash(of service: Service) -> String {
    var service = service
    service.build = nil
    service.pullPolicy = nil
    service.scale = nil
    service.deploy?.replicas = nil
    service.dependsOn = [:]
    service.profiles = []
    return SHA256.hex(of: JSONWriter.compact(EncodeService.value(service, .json)))
}

/// Hash of a network's or volume's definition, to notice that it changed.
public func configurationHash(of network: NetworkConfig) -> String {
    SHA256.hex(of: JSONWriter.compact(EncodeProject.network(network, .json)))
}

/// Hash of a volume's definition; the driver `local` is the default.
public func configurationHash(of volume: VolumeConfig) -> String {
    var volume = volume
    volume.driver = volume.driver ?? "local"
    return SHA256.hex(of: JSONWriter.compact(EncodeProject.volume(volume, .json)))
}
