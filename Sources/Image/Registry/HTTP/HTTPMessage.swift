internal import EngineModel

/// What is sent. Not tied to a connection.
struct HTTPRequest {
    enum Method: String {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    enum Body {
        case none
        case bytes([UInt8])
        /// A piece of an open file, which stays its owner's.
        case file(Int32, offset: Int64, length: Int64)

        var length: Int64 {
            switch self {
            case .none: 0
            case .bytes(let bytes): Int64(bytes.count)
            case .file(_, _, let length): length
            }
        }
    }

    var method: Method
    var url: HTTPURL
    /// Neither names nor values hold line breaks.
    var headers: [(name: String, value: String)] = []
    /// The `Authorization` header: goes to the URL's own origin only, not where a redirect leads.
    var authorization: String?
    var body = Body.none
    /// Whether redirects may lead it to another host with its body; not where that holds a secret.
    var leavesItsOrigin = true
    /// Bytes of an answer kept in memory; a longer one is an error.
    var limit = 1 << 20
    /// Called with the bytes of the body sent so far.
    var sent: ((Int64) -> Void)?

    init(_ method: Method, _ url: HTTPURL) {
        self.method = method
        self.url = url
    }
}

/// What came back. `body` is empty when a sink took it.
struct HTTPResponse: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8] = []
    /// Where it came from in the end.
    var url: HTTPURL
    /// Seconds from `Retry-After`; nil without it.
    var retryAfter: Int64?

    var isSuccess: Bool { (200..<300).contains(status) }
}

/// Header fields in the order they came; names in lower case.
struct HTTPHeaders: Sendable, Hashable {
    private(set) var fields: [Field] = []

    struct Field: Sendable, Hashable {
        var name: String
        var value: String
    }

    mutating func add(_ name: String, _ value: String) {
        fields.append(Field(name: name.lowercased(), value: value))
    }

    /// The first field's value.
    subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
}

/// Takes a successful answer's body piece by piece. Called on the thread that performs the request.
protocol ResponseSink: AnyObject {
    /// The answer's status and headers, before the first bytes; not called for unsuccessful ones.
    func begin(_ response: HTTPResponse) throws(EngineError)
    func receive(_ bytes: UnsafeRawBufferPointer) throws(EngineError)
}

/// Why there is no answer, or not a whole one.
struct HTTPFailure: Error, Hashable {
    enum Code: Hashable {
        case badURL, cancelled, resolve, connect, certificate, tls, timeout, truncated, `protocol`, tooLarge, redirect
        case library
        /// The sink refused the bytes.
        case sink(EngineError)
    }

    var code: Code
    /// In lower case, without a full stop.
    var reason: String

    init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}
