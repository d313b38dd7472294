internal import CCurl
internal import EngineModel
internal import Glibc
internal import Primitives

/// One request under way: what libcurl's callbacks fill. Confined to the thread that performs it.
final class HTTPExchange {
    private(set) var response: HTTPResponse
    private let request: HTTPRequest
    private let sink: (any ResponseSink)?
    private let cancellation: Cancellation
    private var failure: HTTPFailure?
    private var sent: Int64 = 0
    private var headerBytes = 0
    private var begun = false
    /// Of an unsuccessful answer enough was read to say why.
    private var hasEnough = false

    /// Bytes of all headers together.
    private static let headerLimit = 64 << 10
    /// Bytes kept of the body of an unsuccessful answer; after them the connection ends.
    private static let errorLimit = 64 << 10

    init(_ request: HTTPRequest, sink: (any ResponseSink)?, cancellation: Cancellation) {
        self.request = request
        self.sink = sink
        self.cancellation = cancellation
        response = HTTPResponse(status: 0, headers: HTTPHeaders(), url: request.url)
    }

    static func of(_ context: UnsafeMutableRawPointer?, _ body: (HTTPExchange) -> Int) -> Int {
        guard let context else { return 0 }
        return body(Unmanaged<HTTPExchange>.fromOpaque(context).takeUnretainedValue())
    }

    var isStopped: Bool { cancellation.isCancelled }

    /// A line of the header; returns the number of bytes taken, another number ends the transfer.
    func header(_ bytes: UnsafeRawBufferPointer) -> Int {
        headerBytes += bytes.count
        if headerBytes > Self.headerLimit {
            return fail(.tooLarge, "the server sends more than \(Self.headerLimit >> 10) KiB of headers")
        }
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            // Of several answers (100 Continue) the last one counts.
            response.headers = HTTPHeaders()
            let words = line.split(separator: " ", maxSplits: 2)
            response.status = words.count > 1 ? Int(words[1].prefix(3)) ?? 0 : 0
        } else if let colon = line.firstIndex(of: ":") {
            response.headers.add(String(line[..<colon]), trimmed(line[line.index(after: colon)...]))
        }
        return bytes.count
    }

    func body(_ bytes: UnsafeRawBufferPointer) -> Int {
        if let sink, response.isSuccess {
            do throws(EngineError) {
                try begin()
                try sink.receive(bytes)
            } catch {
                failure = HTTPFailure(.sink(error), error.description)
                return 0
            }
            return bytes.count
        }
        if response.isSuccess {
            if response.body.count + bytes.count > request.limit {
                return fail(.tooLarge, "the answer is longer than \(request.limit) bytes")
            }
            response.body += bytes
        } else {
            response.body += bytes.prefix(Self.errorLimit - response.body.count)
            hasEnough = response.body.count == Self.errorLimit
            if hasEnough { return 0 }
        }
        return bytes.count
    }

    /// Fills `buffer` with what is to be sent next.
    func send(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(Int64(buffer.count), request.body.length - sent)
        guard count > 0, let base = buffer.baseAddress else { return 0 }
        switch request.body {
        case .none: return 0
        case .bytes(let bytes):
            bytes.withUnsafeBytes { base.copyMemory(from: $0.baseAddress! + Int(sent), byteCount: Int(count)) }
            sent += count
        case .file(let raw, let offset, _):
            let got = pread(raw, base, Int(count), Int(offset + sent))
            if got <= 0 {
                failure = HTTPFailure(.library, "the file that is sent became shorter or cannot be read")
                return Int(CURL_READFUNC_ABORT)
            }
            sent += Int64(got)
            request.sent?(sent)
            return got
        }
        request.sent?(sent)
        return Int(count)
    }

    func rewind(to offset: Int64) { sent = offset }

    /// Ends the exchange, or says why it failed.
    func check(_ code: CURLcode) throws(HTTPFailure) {
        if let failure { throw failure }
        if cancellation.isCancelled { throw HTTPFailure(.cancelled, "canceled") }
        guard code == CURLE_OK || hasEnough else {
            let text = String(cString: ccurl_text(code))
            throw HTTPFailure(Self.code(of: code), text.prefix(1).lowercased() + text.dropFirst())
        }
        // An empty body calls nobody else.
        if sink != nil, response.isSuccess {
            do throws(EngineError) {
                try begin()
            } catch {
                throw HTTPFailure(.sink(error), error.description)
            }
        }
    }

    private func begin() throws(EngineError) {
        if begun { return }
        begun = true
        try sink?.begin(response)
    }

    private func fail(_ code: HTTPFailure.Code, _ reason: String) -> Int {
        failure = HTTPFailure(code, reason)
        return 0
    }

    private static func code(of code: CURLcode) -> HTTPFailure.Code {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolve
        case CURLE_COULDNT_CONNECT: .connect
        case CURLE_OPERATION_TIMEDOUT: .timeout
        case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING: .truncated
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_ISSUER_ERROR:
            .certificate
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_USE_SSL_FAILED: .tls
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .badURL
        case CURLE_FAILED_INIT, CURLE_OUT_OF_MEMORY, CURLE_NOT_BUILT_IN, CURLE_UNKNOWN_OPTION: .library
        default: .protocol
        }
    }
}

func trimmed(_ text: some StringProtocol) -> String {
    var text = Substring(text)
    while let last = text.unicodeScalars.last, last.properties.isWhitespace { text.unicodeScalars.removeLast() }
    while let first = text.unicodeScalars.first, first.properties.isWhitespace { text.unicodeScalars.removeFirst() }
    return String(text)
}
