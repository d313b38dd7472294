import EngineModel
import Glibc
import LinuxSystem
import Primitives
import SystemPackage
import Testing

@testable import Supervisor

struct LogTests {
    private final class Folder {
        let path = "/tmp/log-test-\(UInt64.random(in: 0...UInt64.max))"
        deinit { try? Files.removeTree(path) }

        func lines(_ change: (inout LogOptions) -> Void = { _ in }) throws -> [String] {
            var options = LogOptions()
            change(&options)
            var lines: [String] = []
            try LogReader(directory: path).read(options, cancellation: Cancellation()) {
                lines.append(String(decoding: $0.line, as: UTF8.self))
            }
            return lines
        }
    }

    private let limits = LogLimits(segmentSize: 1 << 20, segments: 4)

    @Test func linesAreCutAcrossRecordsEachStreamForItself() throws {
        let folder = Folder()
        let log = try LogWriter(directory: folder.path, limits: limits)
        try log.append(.output, Array("one\ntw".utf8))
        try log.append(.error, Array("bad".utf8))
        try log.append(.output, Array("o\nthree".utf8))
        try log.append(.error, Array("!\n".utf8))
        #expect(try folder.lines() == ["one", "two", "bad!", "three"])
    }

    @Test func theTailIsCountedFromTheEndOverSegments() throws {
        let folder = Folder()
        let log = try LogWriter(directory: folder.path, limits: LogLimits(segmentSize: 4096, segments: 100))
        for number in 0..<1000 { try log.append(.output, Array("line \(number)\n".utf8)) }
        #expect(try folder.lines { $0.tail = 3 } == ["line 997", "line 998", "line 999"])
        #expect(try folder.lines { $0.tail = 500 }.first == "line 500")
        #expect(try folder.lines { $0.tail = 0 }.isEmpty)
        #expect(try folder.lines { $0.tail = 5000 }.count == 1000)
        #expect(try folder.lines().count == 1000)
        #expect(LogFormat.segments(folder.path).count > 5)
    }

    @Test func oldSegmentsGo() throws {
        let folder = Folder()
        let log = try LogWriter(directory: folder.path, limits: LogLimits(segmentSize: 4096, segments: 2))
        for number in 0..<1000 { try log.append(.output, Array("line \(number)\n".utf8)) }
        #expect(LogFormat.segments(folder.path).count == 2)
        #expect(try folder.lines().last == "line 999")
    }

    @Test func sinceAndUntilSelectByTime() throws {
        let folder = Folder()
        let log = try LogWriter(directory: folder.path, limits: limits)
        for number in 1...5 {
            try log.append(.output, Array("\(number)\n".utf8), at: Instant(nanoseconds: Int64(number)))
        }
        let lines = try folder.lines {
            $0.since = Instant(nanoseconds: 2)
            $0.until = Instant(nanoseconds: 4)
        }
        #expect(lines == ["2", "3", "4"])
    }

    @Test func anInterruptedRecordKeepsWhatWasWrittenAndTheNextFollows() throws {
        let folder = Folder()
        do {
            let log = try LogWriter(directory: folder.path, limits: limits)
            try log.append(.output, Array("first\n".utf8))
            try log.append(.output, Array("second\nlost".utf8))
        }
        let segment = folder.path + "/" + LogFormat.fileName(1)
        let size = try Files.read(segment).count
        try systemCall { truncate(segment, off_t(size - 4)) }
        let log = try LogWriter(directory: folder.path, limits: limits)
        try log.append(.output, Array("third\n".utf8))
        #expect(try folder.lines() == ["first", "second", "third"])
    }

    @Test func aHalfWrittenHeaderIsCutOff() throws {
        let folder = Folder()
        do {
            let log = try LogWriter(directory: folder.path, limits: limits)
            try log.append(.output, Array("first\n".utf8))
        }
        let segment = folder.path + "/" + LogFormat.fileName(1)
        try Files.replace(segment, with: try Files.read(segment) + [LogFormat.mark, 1, 0])
        let log = try LogWriter(directory: folder.path, limits: limits)
        try log.append(.output, Array("second\n".utf8))
        #expect(try folder.lines() == ["first", "second"])
    }

    @Test func aPipeIsMovedWholeAndInOrder() throws {
        let folder = Folder()
        let log = try LogWriter(directory: folder.path, limits: limits)
        let pipe = try Descriptor.pipe()
        try pipe.write.writeAll(Array("a\nb\n".utf8))
        #expect(try log.splice(from: pipe.read.raw, .output) == 4)
        #expect(try log.splice(from: pipe.read.raw, .output) == 0)
        #expect(try folder.lines() == ["a", "b"])
    }

    @Test func muchAtOnceIsSpreadOverSegmentsAndTheOldestGo() throws {
        let folder = Folder()
        let log = try LogWriter(directory: folder.path, limits: LogLimits(segmentSize: 4096, segments: 2))
        let pipe = try Descriptor.pipe()
        let text = (0..<2000).map { "line \($0)\n" }.joined()
        try pipe.write.writeAll(Array(text.utf8))
        while try log.splice(from: pipe.read.raw, .output) > 0 {}
        let lines = try folder.lines()
        #expect(lines.last == "line 1999")
        #expect(!lines.contains("line 1000"))
    }

    @Test func followEndsWhenTheRunHasEndedForGood() throws {
        let folder = Folder()
        let log = try LogWriter(directory: folder.path, limits: limits)
        try log.append(.runStarted)
        try log.append(.output, Array("one\n".utf8))
        try log.append(.runEnded, [1])
        try startThread(name: "writer") {
            try? log.append(.runStarted)
            try? log.append(.output, Array("two\nhalf".utf8))
            try? log.append(.runEnded, [0])
        }
        let lines = try folder.lines {
            $0.follow = true
            $0.untilExit = true
        }
        #expect(lines == ["one", "two", "half"])
    }

    @Test func theEndOfARunIsToldAtItsPlaceWithItsCodeAndWhetherItGoesOn() throws {
        let folder = Folder()
        let log = try LogWriter(directory: folder.path, limits: limits)
        func run(_ line: String, _ end: LogRunEnd) throws {
            try log.append(.runStarted)
            try log.append(.output, Array("\(line)\nhalf".utf8))
            try log.append(.runEnded, end.bytes, at: end.time)
        }
        try run("one", LogRunEnd(time: Instant(nanoseconds: 5), exitCode: 137, restarts: true))
        try run("two", LogRunEnd(time: Instant(nanoseconds: 9), exitCode: -1, restarts: false))
        // Of a start that failed, and of a version that did not note the code.
        try log.append(.runStarted)
        try log.append(.runEnded, [0])
        var told: [String] = []
        try LogReader(directory: folder.path).read(
            LogOptions(), cancellation: Cancellation(),
            ended: { told.append("\($0.exitCode) \($0.restarts) \($0.time.nanoseconds)") },
            sink: { told.append(String(decoding: $0.line, as: UTF8.self)) })
        #expect(told == ["one", "half", "137 true 5", "two", "half", "-1 false 9"])
    }

    @Test func limitsComeFromDockersOptions() {
        func limits(_ options: [String: String], driver: String = "json-file") -> LogLimits {
            LogLimits(LogSettings(LogConfiguration(driver: driver, options: options)))
        }
        #expect(limits([:]) == .standard)
        #expect(limits(["max-size": "10m", "max-file": "3"]) == LogLimits(segmentSize: 10_000_000, segments: 3))
        #expect(limits(["max-size": "10m"]) == LogLimits(segmentSize: 5_000_000, segments: 2))
        #expect(limits(["max-size": "1g", "max-file": "2"]).segmentSize == 32 << 20)
        #expect(limits([:], driver: "none") == .transient)
        #expect(limits(["cache-disabled": "true"], driver: "syslog") == .transient)
        let compressed = limits(["max-size": "100m", "max-file": "3", "compress": "true"])
        #expect(compressed.segmentSize == 100_000_000 && compressed.segments == 3 && compressed.isCompressed)
        #expect(limits([:], driver: "local").isCompressed)
    }

    // MARK: Long lines

    /// The whole lines, and how long the longest record was that they came in.
    private func wholeLines(
        _ folder: Folder, _ change: (inout LogOptions) -> Void = { _ in }
    ) throws -> (lines: [[UInt8]], longest: Int) {
        var options = LogOptions()
        change(&options)
        var lines: [[UInt8]] = []
        var (open, longest) = (false, 0)
        try LogReader(directory: folder.path).read(options, cancellation: Cancellation()) { record in
            if open { lines[lines.count - 1] += record.line } else { lines.append(record.line) }
            open = !record.complete
            longest = max(longest, record.line.count)
        }
        #expect(!open)
        return (lines, longest)
    }

    @Test func aLineOfAnyLengthIsOneLineAndIsNeverHeldWhole() throws {
        let folder = Folder()
        let log = try LogWriter(directory: folder.path, limits: LogLimits(segmentSize: 3 << 20, segments: 100))
        let long = (0..<9_000_000).map { UInt8(0x61 + $0 % 7) }
        try log.append(.error, Array("warn".utf8))
        try log.append(.output, Array("first\nbegin ".utf8) + long)
        try log.append(.error, Array("ing\nmore\n".utf8))
        try log.append(.output, Array("!\nlast".utf8))
        let (lines, longest) = try wholeLines(folder)
        #expect(lines.map(\.count) == [5, 7, 4, 9_000_007, 4])
        #expect(lines[3] == Array("begin ".utf8) + long + Array("!".utf8))
        #expect(longest <= LogFormat.maximumLength)
        #expect(try wholeLines(folder) { $0.tail = 2 }.lines.map(\.count) == [9_000_007, 4])
        #expect(try wholeLines(folder) { $0.tail = 1 }.lines == [Array("last".utf8)])
    }

    @Test func everyByteButTheNewlineStays() throws {
        let folder = Folder()
        let log = try LogWriter(directory: folder.path, limits: limits)
        let bytes = (0...255).map { UInt8($0) }.filter { $0 != 0x0a }
        try log.append(.output, bytes + Array("\r\n".utf8) + bytes)
        #expect(try wholeLines(folder).lines == [bytes + [0x0d], bytes])
    }

    // MARK: Tails and times

    @Test func theTailCountsTheLinesUpToATime() throws {
        let folder = Folder()
        let log = try LogWriter(directory: folder.path, limits: limits)
        for number in 1...20 {
            try log.append(.output, Array("\(number)\n".utf8), at: Instant(nanoseconds: Int64(number)))
        }
        let lines = try folder.lines {
            $0.until = Instant(nanoseconds: 10)
            $0.tail = 2
        }
        #expect(lines == ["9", "10"])
    }

    // MARK: Compressed segments

    /// A log of 1000 lines in segments of 4 KiB that are compressed at once.
    private func compressedLog(_ folder: Folder, segments: Int = 100) throws -> LogWriter {
        var limits = LogLimits(segmentSize: 4096, segments: segments)
        limits.isCompressed = true
        let log = try LogWriter(directory: folder.path, limits: limits) { $0() }
        for number in 0..<1000 {
            try log.append(.output, Array("line \(number)\n".utf8), at: Instant(nanoseconds: Int64(number)))
        }
        return log
    }

    @Test func fullSegmentsAreCompressedAndReadAsBefore() throws {
        let folder = Folder()
        _ = try compressedLog(folder)
        let names = try Files.list(folder.path)
        #expect(names.count > 5 && names.dropLast().allSatisfy { $0.hasSuffix(".gz") } && names.last?.count == 8)
        #expect(try folder.lines() == (0..<1000).map { "line \($0)" })
        #expect(try folder.lines { $0.tail = 500 }.first == "line 500")
        let middle = try folder.lines {
            $0.since = Instant(nanoseconds: 200)
            $0.until = Instant(nanoseconds: 202)
        }
        #expect(middle == ["line 200", "line 201", "line 202"])
        #expect(try LogCompression.size(of: 1, in: folder.path) >= 4096)
    }

    @Test func oldCompressedSegmentsGo() throws {
        let folder = Folder()
        let log = try compressedLog(folder, segments: 3)
        #expect(LogFormat.segments(folder.path).count == 3)
        #expect(try folder.lines().last == "line 999")
        withExtendedLifetime(log) {}
    }

    @Test func whatAKilledSupervisorLeftIsCompressedByTheNext() throws {
        let folder = Folder()
        do {
            let log = try LogWriter(directory: folder.path, limits: LogLimits(segmentSize: 4096, segments: 100))
            for number in 0..<1000 { try log.append(.output, Array("line \(number)\n".utf8)) }
        }
        try Files.replace(folder.path + "/00000001.gz.tmp", with: [1, 2, 3])
        var limits = LogLimits(segmentSize: 4096, segments: 100)
        limits.isCompressed = true
        _ = try LogWriter(directory: folder.path, limits: limits) { $0() }
        #expect(try Files.list(folder.path).filter { !$0.hasSuffix(".gz") }.count == 1)
        #expect(try folder.lines().count == 1000)
    }

    @Test func aReaderInTheMiddleOfASegmentThatIsCompressedGoesOn() throws {
        let folder = Folder()
        let log = try LogWriter(directory: folder.path, limits: LogLimits(segmentSize: 4096, segments: 100))
        for number in 0..<1000 { try log.append(.output, Array("line \(number)\n".utf8)) }
        var stream = LogStream(directory: folder.path, from: .start, bufferSize: 256)
        var count = 0
        while count < 50, try stream.next({ _, _, _ in count += 1 }) {}
        LogCompression.compressAll(before: LogFormat.segments(folder.path).last ?? 0, in: folder.path)
        while try stream.next({ _, _, _ in count += 1 }) {}
        #expect(count == 1000)
    }

    @Test func aRecordThatWasShortenedIsReadWithItsNewLength() throws {
        let folder = Folder()
        let log = try LogWriter(directory: folder.path, limits: limits)
        try log.append(.output, Array("one\n".utf8))
        try log.append(.output, Array("two and more".utf8))
        let segment = folder.path + "/" + LogFormat.fileName(1)
        let size = try Files.read(segment).count
        try systemCall { truncate(segment, off_t(size - 5)) }
        var stream = LogStream(directory: folder.path, from: .start)
        var texts: [String] = []
        func read() throws {
            while try stream.next({ _, bytes, _ in texts.append(String(decoding: bytes, as: UTF8.self)) }) {}
        }
        try read()
        // The next writer shortens the record and goes on.
        let next = try LogWriter(directory: folder.path, limits: limits)
        try next.append(.output, Array("\nthree\n".utf8))
        try read()
        #expect(texts == ["one\n", "two and", "\nthree\n"])
    }
}
