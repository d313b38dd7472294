import CLinux
import Digests
import EngineModel
import Glibc
import ImageModel
import ImageStore
import LinuxSystem
import Primitives
import StateStore
import Synchronization
import SystemPackage
import Testing

private func digest(of bytes: [UInt8]) throws -> Digest { try #require(Digest(hex: SHA256.hex(of: bytes))) }

extension BlobIngest {
    fileprivate func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }
}

@Suite(.enabled(if: geteuid() == 0, "needs root"))
struct ContentTests {
    private let content = Array("0123456789".utf8)

    @Test func anInterruptedIngestIsContinued() throws {
        let store = try TemporaryImages()
        let lease = try store.images.lease()
        let digest = try digest(of: content)
        do {
            let first = try #require(try store.images.ingest(digest, size: 10, lease, cancellation: Cancellation()))
            try first.write(Array(content[..<4]))
            #expect(try store.images.blobSize(digest, lease) == nil)
        }
        let second = try #require(try store.images.ingest(digest, size: 10, lease, cancellation: Cancellation()))
        #expect(second.offset == 4)
        try second.write(Array(content[4...]))
        try second.commit()
        #expect(try store.images.blob(digest, limit: 100) == content)
        #expect(try store.images.ingest(digest, size: 10, lease, cancellation: Cancellation()) == nil)
    }

    @Test func wrongContentIsThrownAway() throws {
        let store = try TemporaryImages()
        let lease = try store.images.lease()
        let digest = try digest(of: content)
        let wrong = try #require(try store.images.ingest(digest, size: 10, lease, cancellation: Cancellation()))
        try wrong.write(Array("9876543210".utf8))
        #expect(throws: EngineError.self) { try wrong.write([0]) }
        #expect(throws: EngineError.self) { try wrong.commit() }
        #expect(try store.images.blobSize(digest, lease) == nil)
        #expect(try Files.list(store.state.layout.ingests).isEmpty)
    }

    @Test func oneOfSeveralReceivesABlob() throws {
        let store = try TemporaryImages()
        let images = store.images
        let digest = try digest(of: content)
        let received = Mutex(0)
        let done = try Descriptor.pipe()
        let (content, write) = (content, done.write.raw)
        for _ in 0..<4 {
            try startThread(name: "ingest") {
                if let lease = try? images.lease(),
                    let ingest = try? images.ingest(digest, size: 10, lease, cancellation: Cancellation())
                {
                    received.withLock { $0 += 1 }
                    try? ingest.write(content)
                    try? ingest.commit()
                }
                var byte: UInt8 = 0
                _ = Glibc.write(write, &byte, 1)
            }
        }
        var finished = 0
        while finished < 4 { finished += try done.read.read(upTo: 4).count }
        #expect(received.withLock { $0 } == 1)
        #expect(try images.blob(digest, limit: 100) == content)
    }

    @Test func waitingForAnIngestCanBeCancelled() throws {
        let store = try TemporaryImages()
        let lease = try store.images.lease()
        let digest = try digest(of: content)
        let first = try #require(try store.images.ingest(digest, size: 10, lease, cancellation: Cancellation()))
        let cancelled = Cancellation()
        cancelled.cancel()
        let error = #expect(throws: EngineError.self) {
            _ = try store.images.ingest(digest, size: 10, lease, cancellation: cancelled)
        }
        #expect(error?.code == .cancelled)
        #expect(first.offset == 0)
    }

    @Test func aLeaseKeepsContentUntilItEnds() throws {
        let store = try TemporaryImages()
        let lease = try store.images.lease()
        let digest = try store.images.add(blob: content, lease)
        _ = try store.images.prune(all: true)
        #expect(try store.images.blob(digest, limit: 100) == content)
        lease.release()
        #expect(try store.images.prune(all: true).bytes == 10)
        let other = try store.images.lease()
        #expect(try store.images.blobSize(digest, other) == nil)
    }

    @Test func theLeaseOfADeadProcessCountsNoMore() throws {
        let store = try TemporaryImages()
        let lease = try store.images.lease()
        let digest = try store.images.add(blob: content, lease)
        // As another process holds it: a file with a lock by another open file description.
        let path = "\(store.state.layout.leases)/other"
        let other = try Descriptor.open(path, O_RDWR | O_CREAT)
        try other.writeAll(Array("blob \(digest.hex)\n".utf8))
        #expect(flock(other.raw, LOCK_SH) == 0)
        lease.release()
        _ = try store.images.prune(all: true)
        #expect(Files.exists(path) && Files.exists(store.state.layout.blob(digest.hex)))
        flock(other.raw, LOCK_UN)
        _ = try store.images.prune(all: true)
        #expect(!Files.exists(path) && !Files.exists(store.state.layout.blob(digest.hex)))
    }

    @Test func anOwnerKeepsContentAcrossLeases() throws {
        let store = try TemporaryImages()
        let lease = try store.images.lease()
        let digest = try store.images.add(blob: content, lease)
        try store.images.keep([.blob(digest)], owner: "test")
        lease.release()
        _ = try store.images.prune(all: true)
        #expect(Files.exists(store.state.layout.blob(digest.hex)))
        try store.images.release(owner: "test")
        _ = try store.images.prune(all: true)
        #expect(!Files.exists(store.state.layout.blob(digest.hex)))
    }

    @Test func aRemovalDoesNotWaitForALoad() throws {
        let store = try TemporaryImages()
        let images = store.images
        _ = try store.load(savedImage("old:1", layers: [tar(baseFiles)]))
        let archive = try savedImage("new:1", layers: [tar(baseFiles), tar(topFiles)])
        let input = try Descriptor.pipe()
        let done = try Descriptor.pipe()
        let (reading, finished) = (input.read.raw, done.write.raw)
        try startThread(name: "load") {
            _ = try? images.load(reading, subject: "pipe")
            var byte: UInt8 = 0
            _ = write(finished, &byte, 1)
        }
        // The load has begun: it reads from the pipe. It goes on only after the removal.
        try input.write.writeAll(Array(archive[..<1000]))
        _ = try images.remove("old:1", force: false)
        _ = try images.prune(all: true)
        try input.write.writeAll(Array(archive[1000...]))
        close(input.write.take())
        _ = try done.read.read(upTo: 1)
        #expect(try images.resolve("new:1")?.diffIDs.count == 2)
        #expect(try images.resolve("old:1") == nil)
    }
}
