import Compression
import EngineModel
import Primitives
import Testing

@testable import Supervisor

/// The bytes that receivers get.
struct LogEncoderTests {
    private func identity(_ options: [String: String] = [:]) -> LogIdentity {
        var configuration = ContainerConfiguration(name: "shop-web-1", image: "app:1")
        configuration.labels = ["my.team": "a"]
        let container = Container(
            id: String(repeating: "0123456789abcdef", count: 4), name: "shop-web-1", imageID: "sha256:ffee",
            configuration: configuration, arguments: ["run", "it"], created: Instant(nanoseconds: 1_000_000_000))
        let attributes = LogSettings(LogConfiguration(driver: "journald", options: options)).attributes
        return LogIdentity(
            LogSubject(container, environment: ["A=1"]), attributes, hostname: "host", process: 42)
    }

    /// 2024-01-02T03:04:05.678901234Z
    private func message(
        _ text: String, _ stream: LogRecord.Stream = .output, part: LogMessage.Part? = nil
    ) -> LogMessage {
        LogMessage(
            time: Instant(nanoseconds: 1_704_164_645_678_901_234), stream: stream, bytes: Array(text.utf8), part: part)
    }

    private func settings(_ driver: String, _ options: [String: String]) throws -> LogReceiver {
        let settings = LogSettings(LogConfiguration(driver: driver, options: options))
        #expect(settings.problems == [])
        return try #require(settings.receiver)
    }

    // MARK: syslog

    private func syslog(_ options: [String: String], _ message: LogMessage, offset: Int = 0) throws -> String {
        guard case .syslog(let settings) = try settings("syslog", options) else { return "" }
        let encoder = SyslogEncoder(settings, identity(["tag": "{{.Name}}"])) { _ in offset }
        return String(decoding: encoder.bytes(of: message), as: UTF8.self)
    }

    @Test func syslogsFormatsAreThoseOfDocker() throws {
        #expect(try syslog([:], message("hello")) == "<30>Jan  2 03:04:05 shop-web-1[42]: hello\n")
        #expect(
            try syslog(["syslog-format": "rfc3164", "syslog-facility": "local0"], message("no", .error))
                == "<131>Jan  2 03:04:05 host shop-web-1[42]: no\n")
        #expect(
            try syslog(["syslog-format": "rfc5424"], message("hello"), offset: -9000)
                == "<30>1 2024-01-02T00:34:05-02:30 host shop-web-1 42 shop-web-1 - hello\n")
        #expect(
            try syslog(["syslog-format": "rfc5424micro"], message("hello"))
                == "<30>1 2024-01-02T03:04:05.678901Z host shop-web-1 42 shop-web-1 - hello\n")
    }

    @Test func byTLSAMessageOfRFC5424HasItsLengthInFront() throws {
        let text = try syslog(
            ["syslog-format": "rfc5424", "syslog-address": "tcp+tls://h:1"], message("hello"))
        #expect(text == "65 <30>1 2024-01-02T03:04:05Z host shop-web-1 42 shop-web-1 - hello\n")
    }

    // MARK: journald

    @Test func theJournalGetsDockersFields() {
        let encoder = JournalEncoder(identity(["labels": "my.team", "env": "A"]))
        let text = String(decoding: encoder.bytes(of: message("hello", .error)), as: UTF8.self)
        #expect(
            text == """
                PRIORITY=3
                MESSAGE=hello
                SYSLOG_TIMESTAMP=2024-01-02T03:04:05.678901234Z
                A=1
                CONTAINER_ID=0123456789ab
                CONTAINER_ID_FULL=\(String(repeating: "0123456789abcdef", count: 4))
                CONTAINER_NAME=shop-web-1
                CONTAINER_TAG=0123456789ab
                IMAGE_NAME=app:1
                MY_TEAM=a
                SYSLOG_IDENTIFIER=0123456789ab

                """)
    }

    @Test func aValueWithNewlinesHasItsLengthInFront() {
        let encoder = JournalEncoder(identity(["tag": "a\nb"]))
        let bytes = encoder.bytes(of: message("x"))
        let expected = Array("CONTAINER_TAG\n".utf8) + [3, 0, 0, 0, 0, 0, 0, 0] + Array("a\nb\n".utf8)
        #expect(bytes.firstRange(of: expected) != nil)
    }

    @Test func aPartOfALineIsMarkedForTheJournal() {
        let part = LogMessage.Part(id: "abc", ordinal: 2, isLast: false)
        let text = String(decoding: JournalEncoder(identity()).bytes(of: message("x", part: part)), as: UTF8.self)
        #expect(text.contains("CONTAINER_PARTIAL_MESSAGE=true\nCONTAINER_PARTIAL_ID=abc\n"))
        #expect(text.contains("CONTAINER_PARTIAL_ORDINAL=2\nCONTAINER_PARTIAL_LAST=false\n"))
    }

    // MARK: fluentd

    private func fluentd(_ options: [String: String], _ message: LogMessage) throws -> [UInt8] {
        guard case .fluentd(let settings) = try settings("fluentd", options) else { return [] }
        return FluentdEncoder(settings, identity(["tag": "t"])).bytes(of: message, token: 7)
    }

    private func packed(_ pairs: KeyValuePairs<String, String>) -> [UInt8] {
        var pack = MessagePack()
        pack.map(pairs.count)
        for (key, value) in pairs {
            pack.text(key)
            pack.text(value)
        }
        return pack.bytes
    }

    @Test func fluentdGetsTagTimeRecordAndOptions() throws {
        let record = packed([
            "container_id": String(repeating: "0123456789abcdef", count: 4), "container_name": "/shop-web-1",
            "source": "stdout", "log": "hi",
        ])
        let head: [UInt8] = [0x94, 0xa1, 0x74]
        // 1704164645 as int32, and as EventTime with its nanoseconds.
        #expect(try fluentd([:], message("hi")) == head + [0xd2, 0x65, 0x93, 0x7d, 0x25] + record + [0x80])
        #expect(
            try fluentd(["fluentd-sub-second-precision": "true"], message("hi"))
                == head + [0xd7, 0, 0x65, 0x93, 0x7d, 0x25, 0x28, 0x77, 0x35, 0xf2] + record + [0x80])
    }

    @Test func whatIsToBeConfirmedHasAChunkThatTheAnswerNames() throws {
        let bytes = try fluentd(["fluentd-request-ack": "true"], message("hi"))
        let chunk = "AAAAAAAAAAAAAAAAAAAABw=="
        #expect(bytes.suffix(32) == packed(["chunk": chunk])[...])
        #expect(FluentdEncoder.acknowledgement(7) == packed(["ack": chunk]))
    }

    @Test func messagePackHasTheShortestForm() {
        func bytes(_ body: (inout MessagePack) -> Void) -> [UInt8] {
            var pack = MessagePack()
            body(&pack)
            return Array(pack.bytes.prefix(5))
        }
        let text = { (count: Int) in [UInt8](repeating: 0x78, count: count) }
        #expect(bytes { $0.text(text(31)) }.first == 0xbf)
        #expect(bytes { $0.text(text(32)) }.prefix(2) == [0xd9, 32])
        #expect(bytes { $0.text(text(256)) }.prefix(3) == [0xda, 1, 0])
        #expect(bytes { $0.text(text(65536)) } == [0xdb, 0, 1, 0, 0])
        #expect(bytes { $0.map(16) } == [0xde, 0, 16])
        #expect(bytes { $0.integer(127) } == [0x7f])
        #expect(bytes { $0.integer(-1) } == [0xd2, 0xff, 0xff, 0xff, 0xff])
    }

    // MARK: gelf

    private func gelf(_ options: [String: String], _ message: LogMessage) throws -> [[UInt8]] {
        guard case .gelf(let settings) = try settings("gelf", options) else { return [] }
        return GelfEncoder(settings, identity(["env": "A"])).packets(of: message, token: 0x0102_0304_0506_0708)
    }

    private let json =
        #"{"version":"1.1","host":"host","short_message":"hi","timestamp":1704164645.678,"level":6,"_A":"1","#
        + #""_command":"run it","_container_id":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","#
        + #""_container_name":"shop-web-1","_created":"1970-01-01T00:00:01Z","_image_id":"sha256:ffee","#
        + #""_image_name":"app:1","_tag":"0123456789ab"}"#

    @Test func gelfIsJSONWithDockersFields() throws {
        #expect(
            try gelf(["gelf-address": "udp://h:1", "gelf-compression-type": "none"], message("hi"))
                == [Array(json.utf8)])
        #expect(try gelf(["gelf-address": "tcp://h:1"], message("hi")) == [Array(json.utf8) + [0]])
        #expect(
            try gelf(["gelf-address": "udp://h:1"], message("hi"))
                == [Deflater.compress(Array(json.utf8), .gzip, level: 1)])
        #expect(try gelf(["gelf-address": "udp://h:1"], message("")) == [])
    }

    @Test func longGelfMessagesGoInChunks() throws {
        let options = ["gelf-address": "udp://h:1", "gelf-compression-type": "none"]
        let packets = try gelf(options, message(String(repeating: "x", count: 4000)))
        #expect(packets.count == 4 && packets.allSatisfy { $0.count <= 1420 })
        for (index, packet) in packets.enumerated() {
            #expect(packet.prefix(12) == [0x1e, 0x0f, 1, 2, 3, 4, 5, 6, 7, 8, UInt8(index), 4])
        }
        let whole = packets.flatMap { $0.dropFirst(12) }
        #expect(whole.starts(with: Array(json.utf8).prefix(40)) && whole.last == UInt8(ascii: "}"))
        #expect(try gelf(options, message(String(repeating: "x", count: 200_000))) == [])
    }

    // MARK: Lines

    private func messages(_ records: [(LogHeader.Kind, String)]) -> [LogMessage] {
        var assembler = MessageAssembler()
        var all: [LogMessage] = []
        for (index, record) in records.enumerated() {
            let bytes = Array(record.1.utf8)
            let header = LogHeader(record.0, length: bytes.count, nanoseconds: Int64(index))
            let place = LogPosition(segment: 1, offset: index)
            bytes.withUnsafeBytes { assembler.feed(header, $0, at: place) { all.append($0) } }
        }
        return all
    }

    @Test func linesAreMessagesEachStreamForItself() {
        let all = messages([
            (.output, "a\nb"), (.error, "x\n"), (.output, "c\n\n"), (.output, "end"), (.runEnded, "\0"),
        ])
        #expect(all.map { String(decoding: $0.bytes, as: UTF8.self) } == ["a", "x", "bc", "", "end"])
        #expect(all.allSatisfy { $0.part == nil })
    }

    @Test(arguments: [1, 1000, 16384, 16385, 100_000])
    func aLongLineGoesInPartsOfSixteenKibibytes(pieces: Int) {
        let line = [UInt8](repeating: 0x78, count: 40_000) + [0x0a]
        var records: [(LogHeader.Kind, String)] = []
        for start in stride(from: 0, to: line.count, by: pieces) {
            records.append((.output, String(decoding: line[start..<min(line.count, start + pieces)], as: UTF8.self)))
        }
        let all = messages(records)
        #expect(all.map(\.bytes.count) == [16384, 16384, 40_000 - 2 * 16384])
        #expect(all.map { $0.part?.ordinal } == [1, 2, 3])
        #expect(all.map { $0.part?.isLast } == [false, false, true])
        #expect(Set(all.map { $0.part?.id }).count == 1)
    }
}
