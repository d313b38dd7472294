internal import Compression
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// A segment of a log that is open for reading: as it was written, or compressed. Used by one thread at a time.
final class LogSegment {
    private let file: Descriptor
    private var unpacking: Unpacking?

    /// - Throws: ENOENT when it was removed.
    init(directory: String, _ segment: Int) throws(Errno) {
        let found = try Self.find(directory, segment)
        file = Descriptor(owning: found.file)
        if found.isCompressed { unpacking = try Unpacking() }
    }

    /// It is compressed at any moment, and has one of the two names always.
    private static func find(_ directory: String, _ segment: Int) throws(Errno) -> (file: Int32, isCompressed: Bool) {
        do throws(Errno) {
            return (try open(directory, LogFormat.fileName(segment)).take(), false)
        } catch {
            if error != .noSuchFileOrDirectory { throw error }
            return (try open(directory, LogFormat.compressedFileName(segment)).take(), true)
        }
    }

    /// Reads what lies from `offset` of the segment on, as written; 0 at its present end. Going back in a compressed one
    /// begins anew.
    func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws(Errno) -> Int {
        let raw = file.raw
        guard var unpacking else {
            return try systemCall { pread(raw, bytes.baseAddress, bytes.count, off_t(offset)) }
        }
        if unpacking.place > offset {
            unpacking = try Unpacking()
            self.unpacking = unpacking
        }
        return try unpacking.read(raw, into: bytes, at: offset)
    }

    private static func open(_ directory: String, _ name: String) throws(Errno) -> Descriptor {
        try Descriptor.open("\(directory)/\(name)", O_RDONLY | O_NOFOLLOW)
    }

    /// How far a compressed file was unpacked.
    private final class Unpacking {
        private var inflater: Inflater
        private var input = [UInt8](repeating: 0, count: 64 << 10)
        private var begin = 0
        private var end = 0
        private var fileOffset = 0
        /// Of the unpacked bytes.
        private(set) var place = 0

        init() throws(Errno) {
            do throws(CompressionError) {
                inflater = try Inflater()
            } catch {
                throw .noMemory
            }
        }

        func read(
            _ file: Int32, into bytes: UnsafeMutableRawBufferPointer, at offset: Int
        ) throws(Errno) -> Int {
            if place < offset {
                let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 1)
                defer { scratch.deallocate() }
                while place < offset {
                    let part = UnsafeMutableRawBufferPointer(rebasing: scratch[..<min(scratch.count, offset - place)])
                    if try step(file, part) == 0 { return 0 }
                }
            }
            return try step(file, bytes)
        }

        /// The next bytes; 0 at the end.
        private func step(_ file: Int32, _ output: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
            while true {
                if begin == end, !inflater.isFinished {
                    begin = 0
                    let offset = off_t(fileOffset)
                    end = try systemCall { pread(file, &input, input.count, offset) }
                    fileOffset += end
                    if end == 0 { return 0 }
                }
                let (read, written) = try next(output)
                begin += read
                place += written
                if written > 0 || inflater.isFinished { return written }
            }
        }

        private func next(_ output: UnsafeMutableRawBufferPointer) throws(Errno) -> (read: Int, written: Int) {
            do throws(CompressionError) {
                return try inflater.next(input[begin..<end], into: output)
            } catch {
                throw .illegalByteSequence
            }
        }
    }
}
