internal import EngineModel
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

/// Which containers ran when the machine was shut down in order: stopped by then, as if a user had stopped them.
///
/// A file in the data root with their ids, one a line.
enum RunningAtShutdown {
    private static var path: String { DataLayout.fromEnvironment().dataRoot + "/running-at-shutdown" }

    static func ids() -> Set<String> {
        Set((Files.text(path) ?? "").split(separator: "\n").map(String.init))
    }

    static func write(_ ids: some Collection<String>) throws(EngineError) {
        let text = ids.sorted().map { $0 + "\n" }.joined()
        try EngineError.explaining(path) { try Files.replace(path, with: Array(text.utf8), durable: true) }
    }

    static func forget() throws(EngineError) {
        try EngineError.explaining(path) { try Files.removeTree(path) }
    }
}
