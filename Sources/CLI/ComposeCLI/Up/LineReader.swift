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
    /// Blocks until the end of `source`.
    static func lines(of source: consuming Descriptor, _ body: ([UInt8]) -> Void) {
        var rest: [UInt8] = []
        while let part = try? source.read(upTo: 65536), !part.isEmpty {
            rest += part
            while let end = rest.firstIndex(of: 0x0a) {
                body(Array(rest[..<end]))
                rest.removeSubrange(...end)
            }
        }
        if !rest.isEmpty { body(rest) }
    }
}
