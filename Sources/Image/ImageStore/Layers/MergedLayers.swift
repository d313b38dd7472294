internal import CLinux
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import Synchronization
internal import SystemPackage

extension ImageStore {
    /// Runs `body` with the layers as one tree, the way a container sees them: a read-only overlay in a mount namespace
    /// of a thread that ends afterwards, and the mount with it. One layer is opened as it is.
    ///
    /// - Parameter layers: unpacked layers, topmost first.
    func withMergedLayers<Result: Sendable>(
        _ layers: [String], subject: String,
        _ body: @escaping @Sendable (borrowing Descriptor) throws(EngineError) -> Result
    ) throws(EngineError) -> Result {
        if layers.count == 1 {
            let root = try EngineError.explaining(subject, doing: "opening the image's layer") {
                try Descriptor.open(layers[0], O_RDONLY | O_DIRECTORY)
            }
            return try body(root)
        }
        let place = layout.layers
        return try onOwnThread(subject) { () throws(EngineError) in
            let root = try EngineError.explaining(subject, doing: "joining the image's layers") {
                try Self.mountOverlay(layers, at: place)
                return try Descriptor.open(place, O_RDONLY | O_DIRECTORY)
            }
            return try body(root)
        }
    }

    /// Mounts over the layers' own parent directory, which only this thread sees covered; only before that it is the
    /// directory that relative names begin at, for mount(2) takes one page of options.
    private static func mountOverlay(_ layers: [String], at place: String) throws(Errno) {
        try systemCall { clinux_unshare(newMountNamespace) }
        try systemCall { mount(nil, "/", nil, UInt(MS_REC | MS_PRIVATE), nil) }
        try systemCall { chdir(place) }
        let prefix = place + "/"
        let names = layers.map { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0 }
        let options = "lowerdir=" + names.joined(separator: ":")
        guard options.utf8.count < 4096 else { throw Errno(rawValue: E2BIG) }
        try systemCall { mount("overlay", place, "overlay", UInt(MS_RDONLY), options) }
    }

    /// Runs `body` on a new thread that ends with it, and waits.
    private func onOwnThread<Result: Sendable>(
        _ subject: String, _ body: @escaping @Sendable () throws(EngineError) -> Result
    ) throws(EngineError) -> Result {
        let outcome = Outcome<Result>()
        let pipe = try EngineError.explaining(subject, doing: "making a pipe") { try Descriptor.pipe() }
        let done = pipe.write.raw
        try EngineError.explaining(subject, doing: "starting a thread") {
            try startThread(name: "image-merge") {
                do throws(EngineError) {
                    let result = try body()
                    outcome.value.withLock { $0 = .success(result) }
                } catch {
                    outcome.value.withLock { $0 = .failure(error) }
                }
                var byte: UInt8 = 0
                _ = write(done, &byte, 1)
            }
        }
        _ = try EngineError.explaining(subject, doing: "waiting") { try pipe.read.read(upTo: 1) }
        guard let result = outcome.value.withLock({ $0 }) else {
            throw EngineError(.system, subject, "the thread left no result")
        }
        return try result.get()
    }
}

/// What a thread leaves behind.
private final class Outcome<Value: Sendable>: Sendable {
    let value = Mutex<Result<Value, EngineError>?>(nil)
}

/// `CLONE_NEWNS` of unshare(2).
private let newMountNamespace: Int32 = 0x20000
