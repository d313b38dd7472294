internal import CCurl
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// A TCP connection with TLS, made by libcurl, which is loaded for the first one. Used by one thread at a time.
final class SecureConnection {
    private let easy: UnsafeMutableRawPointer

    /// - Parameter deadline: monotonic nanoseconds.
    init(_ host: String, _ port: UInt16, _ security: LogSecurity, deadline: Int64) throws(LogFailure) {
        if let missing = ccurl_load() { throw LogFailure(String(cString: missing)) }
        guard let easy = ccurl_easy_new() else { throw LogFailure("libcurl is out of memory") }
        self.easy = easy
        let name = host.contains(":") ? "[\(host)]" : host
        ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        ccurl_set_long(easy, CURLOPT_CONNECT_ONLY, 1)
        ccurl_set_long(easy, CURLOPT_SSL_ENABLE_ALPN, 0)
        ccurl_set_string(easy, CURLOPT_PROXY, "")
        ccurl_set_string(easy, CURLOPT_URL, "https://\(name):\(port)/")
        ccurl_set_long(
            easy, CURLOPT_CONNECTTIMEOUT_MS, max(1, Int((deadline - monotonicNanoseconds()) / 1_000_000)))
        ccurl_set_long(easy, CURLOPT_SSL_VERIFYPEER, security.skipsVerification ? 0 : 1)
        ccurl_set_long(easy, CURLOPT_SSL_VERIFYHOST, security.skipsVerification ? 0 : 2)
        if let path = security.authority { ccurl_set_string(easy, CURLOPT_CAINFO, path) }
        if let path = security.certificate { ccurl_set_string(easy, CURLOPT_SSLCERT, path) }
        if let path = security.key { ccurl_set_string(easy, CURLOPT_SSLKEY, path) }
        let code = ccurl_connect(easy)
        if code != CURLE_OK {
            let reason = String(cString: ccurl_text(code))
            throw LogFailure("dial tcp \(name):\(port): \(reason.prefix(1).lowercased() + reason.dropFirst())")
        }
    }

    deinit { ccurl_easy_free(easy) }

    func send(_ bytes: [UInt8], deadline: Int64) throws(Errno) {
        var start = 0
        while start < bytes.count {
            var sent = 0
            let code = bytes.withUnsafeBytes {
                ccurl_send(easy, $0.baseAddress! + start, bytes.count - start, &sent)
            }
            start += sent
            if code == CURLE_AGAIN { try wait(POLLOUT, deadline) } else if code != CURLE_OK { throw .brokenPipe }
        }
    }

    /// Empty at the end.
    func read(upTo count: Int, deadline: Int64) throws(Errno) -> [UInt8] {
        while true {
            if let bytes = try readNow(upTo: count) { return bytes }
            try wait(POLLIN, deadline)
        }
    }

    /// nil if nothing has come.
    private func readNow(upTo count: Int) throws(Errno) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: count)
        var received = 0
        switch ccurl_receive(easy, &buffer, count, &received) {
        case CURLE_OK: return Array(buffer.prefix(received))
        case CURLE_AGAIN: return nil
        default: throw .connectionReset
        }
    }

    /// What comes while nothing was asked for is not looked at.
    var isClosedByPeer: Bool {
        var watched = [pollfd(fd: ccurl_socket(easy), events: Int16(POLLIN), revents: 0)]
        guard poll(&watched, 1, 0) > 0 else { return false }
        do throws(Errno) {
            return try readNow(upTo: 1).map(\.isEmpty) ?? false
        } catch {
            return true
        }
    }

    private func wait(_ events: Int32, _ deadline: Int64) throws(Errno) {
        var watched = [pollfd(fd: ccurl_socket(easy), events: Int16(events), revents: 0)]
        guard try poll(&watched, until: deadline) else { throw .timedOut }
    }
}
