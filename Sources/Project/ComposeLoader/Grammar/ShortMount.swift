public import ComposeModel
public import Primitives

/// A mount in the short form, as `volumes` of a file in `directory` means it.
///
/// - Parameter home: what `~` stands for; nil leaves it.
public func serviceVolume(
    _ text: String, in directory: String, home: String?
) throws(GrammarError) -> ServiceVolume {
    let mapping = try VolumeMapping(text)
    var volume = ServiceVolume(mapping)
    volume.target = FilePath.clean(mapping.target)
    if case .path(let path) = mapping.source {
        volume.source = FilePath.hostPath(path, in: directory, home: home)
    }
    return volume
}
