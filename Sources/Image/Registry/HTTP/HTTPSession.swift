internal import CCurl
internal import EngineModel
internal import Glibc
internal import Primitives

/// A libcurl handle with its open connections. One thread at a time uses it: whoever took it from the client's pool.
///
/// `@unchecked Sendable`: the pool's lock guards who uses it; ``wake()`` alone is called by others, which
/// curl_multi_wakeup(3) allows.
final class HTTPSession: @unchecked Sendable {
    private let easy: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer

    init() throws(HTTPFailure) {
        if let missing = ccurl_load() {
            throw HTTPFailure(.library, "\(String(cString: missing)): install the Debian package libcurl4")
        }
        guard let easy = ccurl_easy_new() else { throw HTTPFailure(.library, "libcurl is out of memory") }
        guard let multi = ccurl_multi_new() else {
            ccurl_easy_free(easy)
            throw HTTPFailure(.library, "libcurl is out of memory")
        }
        self.easy = easy
        self.multi = multi
    }

    deinit {
        ccurl_easy_free(easy)
        ccurl_multi_free(multi)
    }

    func wake() { ccurl_multi_wake(multi) }

    /// One request and its answer; redirects are answers like others.
    func perform(
        _ request: HTTPRequest, settings: ConnectionSettings, sink: (any ResponseSink)?, cancellation: Cancellation
    ) throws(HTTPFailure) -> HTTPResponse {
        ccurl_easy_reset(easy)
        let exchange = HTTPExchange(request, sink: sink, cancellation: cancellation)
        let context = Unmanaged.passUnretained(exchange).toOpaque()
        var list: UnsafeMutablePointer<curl_slist>?
        defer { ccurl_list_free(list) }
        var lines = request.headers.map { "\($0.name): \($0.value)" }
        if let authorization = request.authorization { lines.append("Authorization: \(authorization)") }
        // Without these libcurl would add a type of its own, and wait for permission to send a body.
        lines += request.headers.contains { $0.name == "Content-Type" } ? [] : ["Content-Type:"]
        lines.append("Expect:")
        for line in lines {
            guard let longer = ccurl_list_append(list, line) else {
                throw HTTPFailure(.library, "libcurl is out of memory")
            }
            list = longer
        }
        configure(settings)
        configure(request, context)
        ccurl_set_list(easy, CURLOPT_HTTPHEADER, list)
        let token = cancellation.onCancel { [self] in wake() }
        defer { cancellation.forget(token) }
        let code = ccurl_perform(
            multi, easy,
            { context in
                guard let context else { return 0 }
                return Unmanaged<HTTPExchange>.fromOpaque(context).takeUnretainedValue().isStopped ? 1 : 0
            }, context)
        try exchange.check(code)
        var response = exchange.response
        response.status = ccurl_get_long(easy, CURLINFO_RESPONSE_CODE)
        if response.headers["retry-after"] != nil {
            response.retryAfter = Int64(ccurl_get_offset(easy, CURLINFO_RETRY_AFTER))
        }
        // The options point to things that end here.
        ccurl_easy_reset(easy)
        return response
    }

    private func configure(_ settings: ConnectionSettings) {
        ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        ccurl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        ccurl_set_long(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        ccurl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
        ccurl_set_long(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        ccurl_set_long(easy, CURLOPT_BUFFERSIZE, 512 << 10)
        ccurl_set_long(easy, CURLOPT_UPLOAD_BUFFERSIZE, 512 << 10)
        ccurl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
        ccurl_set_string(easy, CURLOPT_USERAGENT, "compose")
        ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(settings.connectTimeout / 1_000_000))
        ccurl_set_long(easy, CURLOPT_LOW_SPEED_LIMIT, 1)
        ccurl_set_long(easy, CURLOPT_LOW_SPEED_TIME, Int(max(1, settings.stallTimeout / 1_000_000_000)))
        // An empty name keeps libcurl from looking at the process's own environment.
        ccurl_set_string(easy, CURLOPT_PROXY, settings.proxy ?? "")
        ccurl_set_long(easy, CURLOPT_SSL_VERIFYPEER, settings.verifies ? 1 : 0)
        ccurl_set_long(easy, CURLOPT_SSL_VERIFYHOST, settings.verifies ? 2 : 0)
        if !settings.authorities.isEmpty {
            _ = settings.authorities.withUnsafeBytes {
                ccurl_set_blob(easy, CURLOPT_CAINFO_BLOB, $0.baseAddress, $0.count)
            }
        }
        if let directory = settings.authoritiesDirectory { ccurl_set_string(easy, CURLOPT_CAPATH, directory) }
        if let (certificate, key) = settings.clientCertificate {
            ccurl_set_string(easy, CURLOPT_SSLCERT, certificate)
            ccurl_set_string(easy, CURLOPT_SSLKEY, key)
        }
    }

    private func configure(_ request: HTTPRequest, _ context: UnsafeMutableRawPointer) {
        ccurl_set_string(easy, CURLOPT_URL, request.url.description)
        switch request.method {
        case .get: ccurl_set_long(easy, CURLOPT_HTTPGET, 1)
        case .head: ccurl_set_long(easy, CURLOPT_NOBODY, 1)
        case .post, .put, .patch, .delete:
            ccurl_set_long(easy, CURLOPT_UPLOAD, 1)
            ccurl_set_offset(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(request.body.length))
            ccurl_set_string(easy, CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }
        ccurl_set_writer(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            HTTPExchange.of(context) { $0.header(UnsafeRawBufferPointer(start: bytes, count: size * count)) }
        }
        ccurl_set_writer(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            HTTPExchange.of(context) { $0.body(UnsafeRawBufferPointer(start: bytes, count: size * count)) }
        }
        ccurl_set_reader(easy) { bytes, size, count, context in
            HTTPExchange.of(context) { $0.send(UnsafeMutableRawBufferPointer(start: bytes, count: size * count)) }
        }
        ccurl_set_seeker(easy) { context, offset, origin in
            guard let context, origin == SEEK_SET else { return CURL_SEEKFUNC_FAIL }
            Unmanaged<HTTPExchange>.fromOpaque(context).takeUnretainedValue().rewind(to: Int64(offset))
            return CURL_SEEKFUNC_OK
        }
        for option in [CURLOPT_HEADERDATA, CURLOPT_WRITEDATA, CURLOPT_READDATA, CURLOPT_SEEKDATA] {
            ccurl_set_pointer(easy, option, context)
        }
    }
}

/// How to reach a host.
struct ConnectionSettings {
    var verifies = true
    /// PEM; empty: those of this host.
    var authorities: [UInt8] = []
    var authoritiesDirectory: String?
    /// Paths of PEM files.
    var clientCertificate: (certificate: String, key: String)?
    var proxy: String?
    /// Nanoseconds.
    var connectTimeout: Int64 = 15_000_000_000
    /// Nanoseconds without a byte until a transfer counts as dead.
    var stallTimeout: Int64 = 30_000_000_000
}
