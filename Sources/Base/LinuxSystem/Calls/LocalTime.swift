internal import Glibc
public import Primitives

/// This host's name (gethostname(2)).
public func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Seconds that this host's local time is ahead of UTC at `time` (localtime(3)).
public func localOffset(_ time: Instant) -> Int {
    var seconds = time_t(time.seconds)
    var parts = tm()
    return localtime_r(&seconds, &parts) == nil ? 0 : Int(parts.tm_gmtoff)
}
