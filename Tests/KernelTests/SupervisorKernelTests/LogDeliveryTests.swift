import EngineModel
import Glibc
import LinuxSystem
import Primitives
import SystemPackage
import Testing

@testable import Supervisor

/// Output on its way from the log to receivers that come and go.
struct LogDeliveryTests {
    private final class Folder {
        let path = "/tmp/log-delivery-\(UInt64.random(in: 0...UInt64.max))"
        let log: LogWriter

        init(limits: LogLimits = LogLimits(segmentSize: 1 << 20, segments: 4)) throws {
            try Files.makeDirectories(path)
            log = try LogWriter(directory: path + "/log", limits: limits)
        }

        deinit { try? Files.removeTree(path) }

        var troubles: String { Files.text(path + "/troubles") ?? "" }

        func write(_ text: String) throws { try log.append(.output, Array(text.utf8)) }

        /// What sends the log to `address` by the driver's options.
        func delivery(
            _ driver: String, _ address: LogAddress, _ options: [String: String] = [:],
            _ change: (inout LogTarget) -> Void = { _ in }
        ) throws -> LogDelivery {
            let settings = LogSettings(LogConfiguration(driver: driver, options: options))
            #expect(settings.problems == [])
            let receiver = try #require(settings.receiver)
            var target = LogTarget(receiver, backlog: settings.backlog)
            target.addresses = [address]
            target.retry.first = 5_000_000
            target.retry.longest = 20_000_000
            change(&target)
            let container = Container(
                id: String(repeating: "0123456789abcdef", count: 4), name: "web", imageID: "sha256:0",
                configuration: ContainerConfiguration(name: "web", image: "app"), arguments: [], created: .now())
            let identity = LogIdentity(
                LogSubject(container, environment: []), settings.attributes, hostname: "host", process: 1)
            let delivery = try LogDelivery(
                "web", directory: path + "/log", marker: LogMarker(directory: path),
                encoder: LogEncoder(receiver, identity), target: target, troubles: TroubleLog(path: path + "/troubles"))
            try delivery.start(following: log)
            return delivery
        }
    }

    private func eventually(_ what: Comment, _ condition: () throws -> Bool) throws {
        let came = try Polling.wait(
            every: 5_000_000, deadline: monotonicNanoseconds() + 20_000_000_000,
            because: "a receiver is read by the test alone", until: condition)
        #expect(came, what)
    }

    /// The texts of syslog's messages.
    private func texts(_ receiver: TestReceiver) -> [String] {
        receiver.text.split(separator: "\n").map { $0.split(separator: " ").last.map(String.init) ?? "" }
    }

    @Test func linesGoToSyslogByDatagrams() throws {
        let folder = try Folder()
        let receiver = try TestReceiver(.datagram)
        let delivery = try folder.delivery("syslog", receiver.address, ["tag": "{{.Name}}"])
        try folder.write("one\ntwo\nwithout")
        try eventually("whole lines come at once") { texts(receiver) == ["one", "two"] }
        #expect(receiver.received.count == 2 && receiver.text.hasPrefix("<30>"))
        delivery.finish()
        #expect(texts(receiver) == ["one", "two", "without"])
        #expect(folder.troubles == "")
    }

    @Test func aReceiverThatComesBackGetsWhatWasWrittenMeanwhile() throws {
        let folder = try Folder()
        var receiver: TestReceiver? = try TestReceiver(.stream)
        let (address, port) = (try #require(receiver).address, try #require(receiver).port)
        let delivery = try folder.delivery("syslog", address)
        try folder.write("one\n")
        try eventually("the first line comes") { texts(receiver!) == ["one"] }
        receiver?.hangUp()
        receiver = nil
        for number in 2...100 { try folder.write("\(number)\n") }
        try eventually("the outage is noted") { folder.troubles.contains("connection refused: its output waits") }
        let second = try TestReceiver(.stream, port: port)
        try eventually("the rest comes") { texts(second).last == "100" }
        #expect(texts(second) == (2...100).map(String.init))
        delivery.finish()
        #expect(folder.troubles.contains("failed attempts its output is sent"))
        #expect(!folder.troubles.contains("dropped"))
    }

    @Test func whoComesLaterGoesOnWhereTheFirstOneEnded() throws {
        let folder = try Folder()
        let receiver = try TestReceiver(.datagram)
        let first = try folder.delivery("syslog", receiver.address)
        try folder.write("one\ntwo\n")
        first.finish()
        try folder.write("three\n")
        let second = try folder.delivery("syslog", receiver.address)
        second.finish()
        #expect(texts(receiver) == ["one", "two", "three"])
    }

    @Test func theEndOfAContainerDoesNotWaitForAReceiverThatIsNotThere() throws {
        let folder = try Folder()
        let delivery = try folder.delivery("syslog", .unix(folder.path + "/nobody"))
        try folder.write("one\n")
        let begin = monotonicNanoseconds()
        delivery.finish()
        #expect(monotonicNanoseconds() - begin < 4_000_000_000)
        #expect(folder.troubles.contains("no such file or directory: its output waits"))
        #expect(folder.troubles.contains("the rest is sent when it is started again"))
        let receiver = try TestReceiver(path: folder.path + "/somebody")
        try folder.delivery("syslog", receiver.address).finish()
        #expect(texts(receiver) == ["one"])
    }

    @Test func moreThanMayWaitIsDroppedFromItsBeginAndCounted() throws {
        let folder = try Folder()
        let options = ["mode": "non-blocking", "max-buffer-size": "4k"]
        let delivery = try folder.delivery("syslog", .unixgram(folder.path + "/socket"), options)
        for number in 1...2000 { try folder.write("line-\(number)\n") }
        try eventually("the outage is noted") { folder.troubles.contains("its output waits") }
        let receiver = try TestReceiver(path: folder.path + "/socket")
        try eventually("the last line comes") { texts(receiver).last == "line-2000" }
        delivery.finish()
        #expect(texts(receiver).count < 500)
        #expect(folder.troubles.contains("bytes of it were dropped"))
    }

    @Test func whatRotationTakesFirstIsCounted() throws {
        let folder = try Folder(limits: LogLimits(segmentSize: 4096, segments: 2))
        let delivery = try folder.delivery("syslog", .unixgram(folder.path + "/socket"))
        for number in 1...2000 { try folder.write("line-\(number)\n") }
        try eventually("the outage is noted") { folder.troubles.contains("its output waits") }
        let receiver = try TestReceiver(path: folder.path + "/socket")
        try eventually("the last line comes") { texts(receiver).last == "line-2000" }
        try folder.write("more\n")
        try eventually("the next comes") { texts(receiver).last == "more" }
        delivery.finish()
        #expect(folder.troubles.contains("bytes of it were dropped"))
    }

    @Test func fluentdIsAskedToConfirmAndGetsAgainWhatItDidNot() throws {
        let folder = try Folder()
        let receiver = try TestReceiver(.stream)
        let delivery = try folder.delivery(
            "fluentd", receiver.address, ["fluentd-request-ack": "true", "fluentd-write-timeout": "100ms"])
        try folder.write("hello\n")
        try eventually("it is sent twice without an answer") {
            receiver.text.components(of: "hello") >= 2
        }
        try eventually("a confirmed message is the last") {
            _ = receiver.text
            if let message = receiver.received.last, let chunk = message.firstRange(of: Array("chunk".utf8)) {
                try? receiver.send([0x81, 0xa3] + Array("ack".utf8) + message[chunk.upperBound...])
            }
            return (Files.text(folder.path + "/sent") ?? "").split(separator: " ").dropFirst().first.map { $0 != "0" }
                .map { $0 && !$0.description.isEmpty } ?? false || folder.troubles.contains("its output is sent")
        }
        delivery.finish()
        #expect(folder.troubles.contains("failed attempts its output is sent"))
    }

    @Test func theJournalGetsWhatIsTooLongForADatagramAsAFile() throws {
        let folder = try Folder()
        let receiver = try TestReceiver(path: folder.path + "/journal")
        var target = LogTarget(addresses: [receiver.address])
        target.sendsFiles = true
        let connection = try LogConnection(target, deadline: monotonicNanoseconds() + 1_000_000_000)
        let message = [UInt8](repeating: 0x78, count: 4 << 20)
        #expect(try connection.send(message, deadline: nil))
        #expect(try receiver.memoryFile() == message)
    }

    @Test func whoIsNotThereIsNamedInDockersWords() throws {
        let receiver = try TestReceiver(.stream)
        let port = receiver.port
        func words(_ driver: String, _ options: [String: String]) -> String {
            let settings = LogSettings(LogConfiguration(driver: driver, options: options))
            guard let receiver = settings.receiver else { return "" }
            let target = LogTarget(receiver, backlog: nil)
            do throws(LogFailure) {
                try LogDelivery.check(target)
                return ""
            } catch {
                return target.explanation(of: error)
            }
        }
        #expect(words("fluentd", ["fluentd-address": "127.0.0.1:\(port)"]) == "")
        #expect(words("syslog", ["syslog-address": "udp://127.0.0.1:1"]) == "")
        #expect(
            words("fluentd", ["fluentd-address": "127.0.0.1:1"])
                == "failed to initialize logging driver: dial tcp 127.0.0.1:1: connect: connection refused")
        #expect(
            words("syslog", ["syslog-address": "unix:///no/such"])
                == "failed to initialize logging driver: dial unix /no/such: connect: no such file or directory")
        #expect(
            words("gelf", ["gelf-address": "tcp://127.0.0.1:1"])
                == "failed to initialize logging driver: gelf: cannot connect to GELF endpoint: "
                + "dial tcp 127.0.0.1:1: connect: connection refused")
    }
}

extension String {
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
