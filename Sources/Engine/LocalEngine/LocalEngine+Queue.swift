public import EngineModel
internal import Glibc
internal import LinuxSystem
public import Primitives
internal import StateStore
internal import Supervisor
internal import SystemPackage

extension LocalEngine {
    /// Nanoseconds after which whoever waits says so.
    private static let patience: Int64 = 1_000_000_000

    /// A lock on a file of the project, which the kernel lets go of when its holder dies.
    public func holdProject(
        _ project: String, for command: String, cancellation: Cancellation, waiting: (ProjectWork?) -> Void
    ) throws(EngineError) -> EngineHold {
        let path = layout.projectQueue(project)
        let deadline = monotonicNanoseconds() + Self.patience
        do throws(Errno) {
            try Files.makeDirectories("\(layout.runRoot)/projects")
            if let lock = try FileLock(path, deadline: deadline, cancellation: cancellation) {
                return try Self.hold(lock, path, command)
            }
            if !cancellation.isCancelled {
                waiting(ProjectWork(noted: Files.text(path) ?? ""))
                if let lock = try FileLock(path, deadline: nil, cancellation: cancellation) {
                    return try Self.hold(lock, path, command)
                }
            }
        } catch {
            throw EngineError(error, "project \(project)", doing: "it cannot be locked")
        }
        throw EngineError(.cancelled, "project \(project)", "cancelled")
    }

    private static func hold(
        _ lock: consuming FileLock, _ path: String, _ command: String
    ) throws(Errno) -> EngineHold {
        let raw = lock.file.raw
        try systemCall { ftruncate(raw, 0) }
        try lock.file.writeAll(Array(ProjectWork(process: getpid(), command: command).note.utf8))
        let turn = ProjectTurn(lock, path)
        return EngineHold { turn.end() }
    }
}

/// The lock of a project. Who waits for it makes a new file, once its holder has removed this one.
private final class ProjectTurn: Sendable {
    private let lock: FileLock
    private let path: String

    init(_ lock: consuming FileLock, _ path: String) {
        self.lock = lock
        self.path = path
    }

    func end() {
        lock.remove(path)
        lock.unlock()
    }
}

extension ProjectWork {
    fileprivate var note: String { "\(process) \(command)" }

    /// nil for what is no note.
    fileprivate init?(noted text: String) {
        let words = text.split(separator: " ", maxSplits: 1)
        guard words.count == 2, let process = Int32(words[0]) else { return nil }
        self.init(process: process, command: String(words[1]))
    }
}
