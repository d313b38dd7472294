internal import ComposeModel
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import Reconciler
internal import Synchronization
internal import TerminalUI

/// Splits a stream into lines.
enum LineReader {
    /// Blocks until the end of `source`, or until `body` throws.
    static func lines<Failure>(
        of source: consuming Descriptor, _ body: ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        var rest: [UInt8] = []
        while let part = try? source.read(upTo: 65536), !part.isEmpty {
            rest += part
            while let end = rest.firstIndex(of: 0x0a) {
                try body(Array(rest[..<end]))
                rest.removeSubrange(...end)
            }
        }
        if !rest.isEmpty { try body(rest) }
    }
}
