internal import EngineModel
internal import FoundationEssentials
internal import Primitives

extension ImageConfiguration {
    /// Reads and checks the document.
    public init(json: [UInt8]) throws(ImageFormatError) {
        let document = try decodeDocument(Document.self, json, subject: "image configuration")
        guard let layers = document.rootfs?.diff_ids else { throw Self.wrong("rootfs.diff_ids is missing") }
        self.init(
            architecture: document.architecture ?? "", os: document.os ?? "", diffIDs: layers,
            execution: try Execution(document.config ?? ConfigDocument()))
        variant = document.variant
        created = document.created.flatMap { Instant(rfc3339: $0) }
        author = document.author
        history = (document.history ?? []).map { entry in
            History(
                created: entry.created.flatMap { Instant(rfc3339: $0) }, createdBy: entry.created_by ?? "",
                comment: entry.comment ?? "", emptyLayer: entry.empty_layer ?? false)
        }
        guard diffIDs.count <= 512 else { throw Self.wrong("it has more than 512 layers") }
        guard history.count <= 2048 else { throw Self.wrong("it has more than 2048 history entries") }
        guard architecture.utf8.count <= 64, os.utf8.count <= 64 else { throw Self.wrong("the platform is too long") }
    }

    /// The document of a new image. The same values always give the same bytes.
    public func json() throws(ImageFormatError) -> [UInt8] {
        var document = Document()
        document.architecture = architecture
        document.os = os
        document.variant = variant
        document.created = created?.rfc3339
        document.author = author
        document.config = ConfigDocument(execution)
        document.rootfs = RootDocument(type: "layers", diff_ids: diffIDs)
        document.history = history.map { entry in
            HistoryDocument(
                created: entry.created?.rfc3339, created_by: entry.createdBy,
                comment: entry.comment.isEmpty ? nil : entry.comment, empty_layer: entry.emptyLayer ? true : nil)
        }
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(document))
        } catch {
            throw Self.wrong("it cannot be written as JSON: \(error)")
        }
    }

    static func wrong(_ reason: String) -> ImageFormatError {
        ImageFormatError(.malformed, "image configuration", reason)
    }
}

extension ImageConfiguration.Execution {
    fileprivate init(_ document: ConfigDocument) throws(ImageFormatError) {
        self.init()
        environment = document.Env
        entrypoint = document.Entrypoint
        command = document.Cmd
        workingDirectory = document.WorkingDir
        user = document.User
        volumes = (document.Volumes ?? [:]).keys.sorted()
        exposedPorts = try Self.ports((document.ExposedPorts ?? [:]).keys)
        stopSignal = document.StopSignal
        labels = document.Labels ?? [:]
        shell = document.Shell
        onBuild = document.OnBuild?.isEmpty ?? true ? nil : document.OnBuild
        healthcheck = try document.Healthcheck?.value()
        try validate()
    }

    /// Refuses what no program could be run with.
    public func validate() throws(ImageFormatError) {
        for entry in environment ?? [] {
            guard let equals = entry.firstIndex(of: "="), equals != entry.startIndex else {
                throw ImageConfiguration.wrong("the variable \"\(entry.prefix(100))\" is not KEY=VALUE")
            }
        }
        let texts =
            (environment ?? []) + (entrypoint ?? []) + (command ?? []) + volumes
            + [workingDirectory ?? "", user ?? "", stopSignal ?? ""]
        if texts.contains(where: { $0.utf8.contains(0) }) { throw ImageConfiguration.wrong("a value holds a NUL byte") }
        for part in (user ?? "").split(separator: ":") where part.utf8.allSatisfy(\.isDigit) {
            guard let number = UInt32(part), number < UInt32.max else {
                throw ImageConfiguration.wrong("the user \"\((user ?? "").prefix(100))\" is beyond 4294967294")
            }
        }
        if (user ?? "").utf8.contains(0x0a) { throw ImageConfiguration.wrong("the user holds a line break") }
        if (environment ?? []).count > 16384 || labels.count > 16384 {
            throw ImageConfiguration.wrong("it has more than 16384 variables or labels")
        }
    }

    /// The keys of `ExposedPorts`. Ranges let a small document name more ports than there are.
    private static func ports(_ keys: some Sequence<String>) throws(ImageFormatError) -> [ContainerPort] {
        var result: [ContainerPort] = []
        for key in keys {
            result += try ports(key)
            if result.count > Int(UInt16.max) * TransportProtocol.allCases.count {
                throw ImageConfiguration.wrong("it exposes more ports than there are")
            }
        }
        return result.sorted()
    }

    /// The ports that a word of EXPOSE names.
    static func ports(_ text: String) throws(ImageFormatError) -> [ContainerPort] {
        do {
            return try ContainerPort.parse(text)
        } catch {
            throw ImageConfiguration.wrong("exposed ports: \(error)")
        }
    }
}

/// Decodes a JSON document of at most 4 MiB.
func decodeDocument<Value: Decodable>(
    _ type: Value.Type, _ json: [UInt8], subject: String, limit: Int = 4 << 20
) throws(ImageFormatError) -> Value {
    guard json.count <= limit else {
        throw ImageFormatError(.tooLarge, subject, "it is larger than \(limit >> 20) MiB")
    }
    do {
        return try JSONDecoder().decode(type, from: Data(json))
    } catch let error as ImageFormatError {
        throw ImageFormatError(error.code, subject, error.description)
    } catch {
        throw ImageFormatError(.malformed, subject, "it is not the JSON document it should be: \(plain(error))")
    }
}

/// A decoding error in a few words.
private func plain(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
        .dataCorrupted(let context):
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        return path.isEmpty ? context.debugDescription : "at \(path): \(context.debugDescription)"
    @unknown default: return "\(error)"
    }
}

// The members as the two specifications spell them.

private struct Document: Codable {
    var architecture: String?
    var author: String?
    var config: ConfigDocument?
    var created: String?
    var history: [HistoryDocument]?
    var os: String?
    var rootfs: RootDocument?
    var variant: String?
}

private struct RootDocument: Codable {
    var type: String?
    var diff_ids: [Digest]?
}

private struct HistoryDocument: Codable {
    var created: String?
    var created_by: String?
    var comment: String?
    var empty_layer: Bool?
}

private struct Empty: Codable {}

private struct ConfigDocument: Codable {
    var Cmd: [String]?
    var Entrypoint: [String]?
    var Env: [String]?
    var ExposedPorts: [String: Empty]?
    var Healthcheck: HealthcheckDocument?
    var Labels: [String: String]?
    var OnBuild: [String]?
    var Shell: [String]?
    var StopSignal: String?
    var User: String?
    var Volumes: [String: Empty]?
    var WorkingDir: String?

    init() {}

    init(_ execution: ImageConfiguration.Execution) {
        func keys(_ values: [String]) -> [String: Empty]? {
            values.isEmpty ? nil : Dictionary(values.map { ($0, Empty()) }) { first, _ in first }
        }
        Cmd = execution.command
        Entrypoint = execution.entrypoint
        Env = execution.environment
        ExposedPorts = keys(execution.exposedPorts.map(\.description))
        Volumes = keys(execution.volumes)
        Labels = execution.labels.isEmpty ? nil : execution.labels
        Shell = execution.shell
        OnBuild = execution.onBuild
        StopSignal = execution.stopSignal
        User = execution.user
        WorkingDir = execution.workingDirectory
        Healthcheck = execution.healthcheck.map { HealthcheckDocument($0) }
    }
}

private struct HealthcheckDocument: Codable {
    var Test: [String]?
    var Interval: Int64?
    var Timeout: Int64?
    var StartPeriod: Int64?
    var StartInterval: Int64?
    var Retries: Int?

    init(_ check: Healthcheck) {
        Test = check.test
        Interval = check.interval?.nanoseconds
        Timeout = check.timeout?.nanoseconds
        StartPeriod = check.startPeriod?.nanoseconds
        StartInterval = check.startInterval?.nanoseconds
        Retries = check.retries
    }

    func value() throws(ImageFormatError) -> Healthcheck {
        let times = [Interval, Timeout, StartPeriod, StartInterval].map { $0 ?? 0 }
        if times.contains(where: { $0 < 0 }) || Retries ?? 0 < 0 {
            throw ImageConfiguration.wrong("a time or number of the health check is negative")
        }
        return Healthcheck(
            test: Test ?? [], interval: .nanoseconds(times[0]), timeout: .nanoseconds(times[1]),
            startPeriod: .nanoseconds(times[2]), startInterval: .nanoseconds(times[3]), retries: Retries)
    }
}
