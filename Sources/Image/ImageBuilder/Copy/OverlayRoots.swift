internal import CLinux
public import Engine
internal import Glibc
public import ImageStore
public import LinuxSystem
internal import SystemPackage

/// The root of a stage for changing it: a new overlay that is attached nowhere, gone with the descriptor. Its changes
/// are in the workspace's `upper`.
///
/// - Parameter lower: unpacked layers, topmost first; never empty.
public func openOverlay(lower: [String], workspace: LayerWorkspace) throws(EngineError) -> Descriptor {
    try mountOverlay(lower, upper: workspace.upper, work: workspace.work)
}

/// The root of a stage for reading, gone with the descriptor: a read-only overlay that is attached nowhere, or the
/// directory of the only layer.
///
/// - Parameter layers: unpacked layers, topmost first; never empty.
public func openTree(layers: [String]) throws(EngineError) -> Descriptor {
    guard layers.count == 1 else { return try mountOverlay(layers, upper: nil, work: nil) }
    do throws(Errno) {
        return try Descriptor.open(layers[0], O_RDONLY | O_DIRECTORY)
    } catch {
        throw EngineError(.system, layers[0], "opening the layer: \(error.description)")
    }
}

func mountOverlay(_ lower: [String], upper: String?, work: String?) throws(EngineError) -> Descriptor {
    let pointers = lower.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    do throws(Errno) {
        let paths = pointers.map { UnsafePointer($0) }
        return Descriptor(
            owning: try systemCall { clinux_mount_overlay(paths, Int32(paths.count), upper, work) })
    } catch {
        throw EngineError(.system, "the image's layers", "joining them: \(error.description)")
    }
}
