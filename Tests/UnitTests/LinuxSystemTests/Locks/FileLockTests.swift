import CLinux
import Glibc
import LinuxSystem
import Primitives
import Synchronization
import SystemPackage
import Testing

struct FileLockTests {
    private let directory: String
    private let scene: Scene

    private final class Scene: Sendable {
        let directory: TestDirectory
        init() throws { directory = try TestDirectory() }
    }

    init() throws {
        scene = try Scene()
        directory = scene.directory.path
    }

    private var path: String { directory + "/lock" }

    private func isFree(_ kind: FileLock.Kind = .exclusive) throws -> Bool {
        let lock = try FileLock(ifFree: path, kind)
        return lock != nil
    }

    @Test func anExclusiveLockKeepsAllOthersOut() throws {
        let lock = try FileLock(path)
        defer { lock.unlock() }
        #expect(try !isFree())
        #expect(try !isFree(.shared))
    }

    @Test func sharedLocksKeepOnlyAnExclusiveOneOut() throws {
        let lock = try FileLock(path, .shared)
        defer { lock.unlock() }
        #expect(try isFree(.shared))
        #expect(try !isFree())
    }

    @Test func itIsLetGoWithTheValueAndByUnlocking() throws {
        do {
            let lock = try FileLock(path)
            _ = consume lock
        }
        #expect(try isFree())
        let lock = try FileLock(path)
        lock.unlock()
        #expect(try isFree())
    }

    @Test func unlockingReachesCopiesOfTheDescriptor() throws {
        let lock = try FileLock(path)
        let copy = try lock.file.duplicate()
        lock.unlock()
        #expect(try isFree())
        _ = consume copy
    }

    @Test func aDirectoryCanBeLocked() throws {
        let lock = try FileLock(try Descriptor.open(directory, O_RDONLY | O_DIRECTORY))
        defer { lock.unlock() }
        let other = try FileLock(ifFree: try Descriptor.open(directory, O_RDONLY | O_DIRECTORY), .shared)
        let isLocked = other == nil
        #expect(isLocked)
    }

    @Test func itChangesItsKindUnlessAnotherIsInTheWay() throws {
        let first = try FileLock(path)
        #expect(try first.change(to: .shared))
        let second = try FileLock(path, .shared)
        defer { second.unlock() }
        #expect(try !first.change(to: .exclusive))
    }

    @Test func aWaitEndsWithTheDeadline() throws {
        let lock = try FileLock(path)
        defer { lock.unlock() }
        let other = try FileLock(path, deadline: monotonicNanoseconds() + 1_000_000)
        let isNil = other == nil
        #expect(isNil)
    }

    @Test func aWaitEndsWhenItIsCancelled() throws {
        let lock = try FileLock(path)
        defer { lock.unlock() }
        let cancellation = Cancellation()
        let ended = Semaphore()
        let found = Mutex(true)
        try startThread(name: "waits") { [path] in
            let other = try? FileLock(path, deadline: nil, cancellation: cancellation)
            found.withLock { $0 = other != nil }
            ended.signal()
        }
        cancellation.cancel()
        #expect(ended.wait(until: patience()))
        #expect(!found.withLock { $0 })
    }

    @Test func aGivenUpWaitLeavesNoLockBehind() throws {
        let lock = try FileLock(path)
        let other = try FileLock(path, deadline: monotonicNanoseconds())
        let isNil = other == nil
        #expect(isNil)
        lock.unlock()
        // The thread that was left waiting may have the lock for a moment.
        let mine = try FileLock(path, deadline: patience())
        let isMine = mine != nil
        #expect(isMine)
    }

    @Test func whoWaitsGetsItFromItsHolder() throws {
        let lock = try FileLock(path)
        let ended = Semaphore()
        try startThread(name: "waits") { [path] in
            if let other = try? FileLock(path, deadline: patience()) {
                other.unlock()
                ended.signal()
            }
        }
        lock.unlock()
        #expect(ended.wait(until: patience()))
    }

    @Test func aRemovedFileIsNotTakenForTheLock() throws {
        let first = try FileLock(path)
        let opened = try Descriptor.open(path, O_RDWR)
        first.remove(path)
        first.unlock()
        // The old file is free, but no path leads to it: the next holder has a file of its own.
        let old = try FileLock(opened)
        defer { old.unlock() }
        let second = try FileLock(path)
        defer { second.unlock() }
        #expect(try second.file.status().st_ino != old.file.status().st_ino)
    }

    @Test func aLinkIsNotFollowed() throws {
        #expect(symlink("elsewhere", path) == 0)
        #expect(throws: Errno.tooManySymbolicLinkLevels) { try isFree() }
        #expect(!Files.exists(directory + "/elsewhere"))
    }

    @Test func manyThreadsHaveItOneAfterTheOther() throws {
        let inside = Mutex((now: 0, most: 0, all: 0))
        let ended = Semaphore()
        for _ in 0..<8 {
            try startThread(name: "locks") { [path] in
                for _ in 0..<20 {
                    guard let lock = try? FileLock(path, deadline: patience()) else { break }
                    inside.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.all + 1) }
                    inside.withLock { $0.now -= 1 }
                    // Every holder removes the file, so the next makes a new one.
                    lock.remove(path)
                    lock.unlock()
                }
                ended.signal()
            }
        }
        for _ in 0..<8 { #expect(ended.wait(until: patience())) }
        #expect(inside.withLock { $0.most } == 1)
        #expect(inside.withLock { $0.all } == 160)
    }
}
