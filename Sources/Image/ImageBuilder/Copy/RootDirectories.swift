public import EngineModel
public import LinuxSystem
internal import SystemPackage

/// Makes a directory and its missing parents below a root, mode 0755, as `WORKDIR` does; links on the way are followed
/// within the root. What exists stays as it is.
///
/// - Parameters:
///   - path: absolute in the root.
///   - owner: of what is made.
///   - epoch: time of what is made, seconds since 1970; nil is now.
/// - Returns: whether anything had to be made.
@discardableResult
public func makeDirectories(
    _ path: String, in root: borrowing Descriptor, owner: FileOwner, epoch: Int64?
) throws(EngineError) -> Bool {
    let maker = DirectoryMaker(owner: owner, epoch: epoch)
    var place = try RootPlace(SourcePath.components(path), in: try openRoot(root))
    guard place.file == nil else { throw EngineError(.invalid, path, "it exists in the image and is not a directory") }
    let made = !place.missing.isEmpty
    try place.makeMissing(place.missing.count, maker, shown: path)
    return made
}

/// A second descriptor of a root, shared by those who work below it.
func openRoot(_ root: borrowing Descriptor) throws(EngineError) -> OpenDirectory {
    do throws(Errno) {
        return OpenDirectory(try root.duplicate())
    } catch {
        throw copyError("/", "opening the image's root", error)
    }
}
