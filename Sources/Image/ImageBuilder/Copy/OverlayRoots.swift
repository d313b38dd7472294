internal import CLinux
public import EngineModel
internal import Glibc
public import ImageStore
public import LinuxSystem
internal import Synchronization
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
        let raw = clinux_mount_overlay(paths, Int32(paths.count), upper, work)
        if raw >= 0 { return Descriptor(owning: raw) }
        let code = Errno(rawValue: errno)
        // Before Linux 6.5 the layers cannot be named one by one.
        guard code == .invalidArgument else { throw code }
        return try mountOverlayInNamespace(lower, upper: upper, work: work)
    } catch {
        throw EngineError(.system, "the image's layers", "joining them: \(error.description)")
    }
}

/// As mount(2) does it: on a thread with a mount namespace of its own, whose mount is then copied out of it
/// (open_tree(2)). The options have to fit into a page, so names are taken from the layers' common directory.
func mountOverlayInNamespace(_ lower: [String], upper: String?, work: String?) throws(Errno) -> Descriptor {
    let start = commonDirectory(lower + [upper, work].compactMap { $0 })
    let short = { (path: String) in
        overlayEscaped(path.split(separator: "/").dropFirst(start.split(separator: "/").count).joined(separator: "/"))
    }
    var options = "lowerdir=" + lower.map(short).joined(separator: ":")
    if let upper, let work {
        options += ",upperdir=\(short(upper)),workdir=\(short(work)),redirect_dir=off,metacopy=off,index=off,xino=off"
    }
    guard options.utf8.count < 4096 else { throw .argListTooLong }
    let data = options
    let isReadOnly = upper == nil
    let outcome = MountOutcome()
    try startThread(name: "overlay") {
        let raw = attachAndCopy(data, in: start, isReadOnly: isReadOnly)
        let code = errno
        outcome.result.withLock { $0 = (raw, code) }
        outcome.finished.signal()
    }
    outcome.finished.wait()
    let (raw, code) = outcome.result.withLock { $0 }
    if raw < 0 { throw Errno(rawValue: code) }
    return Descriptor(owning: raw)
}

private final class MountOutcome: Sendable {
    let result = Mutex<(raw: Int32, code: Int32)>((-1, 0))
    let finished = Semaphore()
}

/// Mounts over the directory that the names begin at, which only this thread sees covered, and returns a copy of the
/// mount that is attached nowhere. The thread must end afterwards.
private func attachAndCopy(_ options: String, in directory: String, isReadOnly: Bool) -> Int32 {
    guard clinux_unshare(newMountNamespace) == 0, mount(nil, "/", nil, UInt(MS_REC | MS_PRIVATE), nil) == 0,
        chdir(directory) == 0,
        mount("overlay", directory, "overlay", isReadOnly ? UInt(MS_RDONLY) : 0, options) == 0
    else { return -1 }
    return clinux_open_tree(AT_FDCWD, directory, cloneTree | UInt32(O_CLOEXEC))
}

/// The directory that all paths lie below.
private func commonDirectory(_ paths: [String]) -> String {
    var common = (paths.first ?? "/").split(separator: "/").dropLast()
    for path in paths.dropFirst() {
        let equal = zip(common, path.split(separator: "/").dropLast()).prefix { $0 == $1 }.count
        common = common.prefix(equal)
    }
    return "/" + common.joined(separator: "/")
}

/// Colons separate layers and commas options.
private func overlayEscaped(_ path: String) -> String {
    var text = ""
    for character in path {
        if character == "\\" || character == ":" || character == "," { text.append("\\") }
        text.append(character)
    }
    return text
}

/// `CLONE_NEWNS` of unshare(2) and `OPEN_TREE_CLONE` of open_tree(2).
private let newMountNamespace: Int32 = 0x20000
private let cloneTree: UInt32 = 1
