internal import CLinux
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Synchronization

/// `SERVICE:PATH` of `cp`; the path is absolute afterwards.
struct ServicePath: Equatable {
    var service: String
    var path: String

    /// nil for a local path: one that begins with `/` or `.`, or has no colon.
    init?(_ text: String) {
        guard !text.hasPrefix("/"), !text.hasPrefix("."), let colon = text.firstIndex(of: ":") else { return nil }
        service = String(text[..<colon])
        let rest = text[text.index(after: colon)...]
        path = rest.hasPrefix("/") ? String(rest) : "/\(rest)"
        if service.isEmpty { return nil }
    }
}
