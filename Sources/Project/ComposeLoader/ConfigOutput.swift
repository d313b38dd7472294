import Archive
public import ComposeModel
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

/// The merged files in canonical form without variables replaced and without profiles applied
/// (`config --no-interpolate`).
public func renderDocument(
    _ options: LoadOptions, files: any FileProvider, as format: ConfigFormat
) throws(LoadFailure) -> (text: String, warnings: [Diagnostic]) {
    var options = options
    options.interpolate = false
    let context = LoadContext(files: files)
    let document = try Loading(options, context: context).document()
    try context.finish()
    let value = OutputValue(Node(.mapping(document)))
    return (render(value, as: format, doublingDollars: false), context.warnings)
}

private func render(_ value: OutputValue, as format: ConfigFormat, doublingDollars: Bool) -> String {
    let text =
        switch format {
        case .yaml: YAMLWriter.text(value)
        case .json: JSONWriter.text(value) + "\n"
        }
    guard doublingDollars, text.utf8.contains(UInt8(ascii: "$")) else { return text }
    var output: [UInt8] = []
    output.reserveCapacity(text.utf8.count + 64)
    for byte in text.utf8 {
        output.append(byte)
        if byte == UInt8(ascii: "$") { output.append(byte) }
    }
    return String(decoding: output, as: UTF8.self)
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
    return SHA256.hex(of: Array(JSONWriter.text(EncodeService.value(service, .json), indented: false).utf8))
}

/// Hash of a network's or volume's definition, to notice that it changed.
public func configurationHash(of network: NetworkConfig) -> String {
    SHA256.hex(of: Array(JSONWriter.text(EncodeProject.network(network, .json), indented: false).utf8))
}

/// Hash of a volume's definition; the driver `local` is the default.
public func configurationHash(of volume: VolumeConfig) -> String {
    var volume = volume
    volume.driver = volume.driver ?? "local"
    return SHA256.hex(of: Array(JSONWriter.text(EncodeProject.volume(volume, .json), indented: false).utf8))
}
