import Primitives
import Testing

@testable import EngineModel

/// Which drivers and options there are, and what is wrong with others, in Docker's words.
struct LogSettingsTests {
    private func settings(_ driver: String, _ options: [String: String] = [:]) -> LogSettings {
        LogSettings(LogConfiguration(driver: driver, options: options))
    }

    @Test(
        arguments: [
            ("sysloog", [:], nil, "logger: no log driver named 'sysloog' is registered"),
            (
                "splunk", [:], nil,
                "the driver splunk is not supported, these are: "
                    + "json-file, local, none, syslog, journald, fluentd, gelf"
            ),
            ("json-file", ["max-sizes": "1m"], "max-sizes", "unknown log opt 'max-sizes' for json-file log driver"),
            (
                "local", ["syslog-address": "x"], "syslog-address",
                "unknown log opt 'syslog-address' for log driver local"
            ),
            ("json-file", ["max-size": "abc"], "max-size", "invalid size: 'abc'"),
            ("json-file", ["max-size": "-1"], "max-size", "invalid size: '-1'"),
            ("json-file", ["max-size": "1q"], "max-size", "invalid suffix: 'q'"),
            ("json-file", ["max-size": "0"], "max-size", "max-size must be a positive number"),
            ("json-file", ["max-file": "x"], "max-file", "strconv.Atoi: parsing \"x\": invalid syntax"),
            ("json-file", ["max-file": "0"], "max-file", "max-file cannot be less than 1"),
            (
                "json-file", ["compress": "true"], "compress",
                "compress cannot be true when max-file is less than 2 or max-size is not set"
            ),
            ("json-file", ["compress": "maybe"], "compress", "strconv.ParseBool: parsing \"maybe\": invalid syntax"),
            ("local", ["max-size": "abc"], "max-size", "invalid value for max-size: abc: invalid size: 'abc'"),
            ("local", ["max-file": "1"], "max-file", "compression cannot be enabled when max file count is 1"),
            ("json-file", ["mode": "slow"], "mode", "logger: logging mode not supported: slow"),
            (
                "json-file", ["max-buffer-size": "4m"], "max-buffer-size",
                "logger: max-buffer-size option is only supported with 'mode=non-blocking'"
            ),
            ("journald", ["cache-disabled": "x"], "cache-disabled", "invalid value for option cache-disabled: x"),
            ("json-file", ["labels-regex": "("], "labels-regex", "error parsing regexp: `(`"),
            (
                "json-file", ["tag": "{{.Nam}}"], "tag",
                "template: log-tag:1:2: executing \"log-tag\" at <.Nam>: can't evaluate field Nam in type *logger.Info"
            ),
            (
                "syslog", ["syslog-address": "host:514"], "syslog-address",
                "syslog-address should be in form proto://address, got host:514"
            ),
            ("syslog", ["syslog-facility": "local8"], "syslog-facility", "invalid syslog facility"),
            ("syslog", ["syslog-format": "rfc1"], "syslog-format", "Invalid syslog format"),
            ("fluentd", ["fluentd-address": "a:b:c"], "fluentd-address", "invalid fluentd-address a:b:c"),
            ("fluentd", ["fluentd-retry-wait": "5"], "fluentd-retry-wait", "time: missing unit in duration \"5\""),
            (
                "fluentd", ["fluentd-max-retries": "-1"], "fluentd-max-retries",
                "strconv.ParseUint: parsing \"-1\": invalid syntax"
            ),
            ("gelf", [:], nil, "gelf-address is a required parameter"),
            ("gelf", ["gelf-address": "unix:///x"], "gelf-address", "gelf: endpoint needs to be TCP or UDP"),
            (
                "gelf", ["gelf-address": "udp://host"], "gelf-address",
                "gelf: please provide gelf-address as proto://host:port"
            ),
            (
                "gelf", ["gelf-address": "tcp://h:1", "gelf-compression-type": "gzip"], "gelf-compression-type",
                "compression is only supported on UDP"
            ),
            (
                "gelf", ["gelf-address": "udp://h:1", "gelf-compression-level": "10"], "gelf-compression-level",
                "unknown value \"10\" for log opt \"gelf-compression-level\" for gelf log driver"
            ),
            (
                "gelf", ["gelf-address": "udp://h:1", "gelf-tcp-max-reconnect": "1"], "gelf-tcp-max-reconnect",
                "\"gelf-tcp-max-reconnect\" is only valid for TCP"
            ),
        ] as [(String, [String: String], String?, String)])
    func whatIsWrongIsSaidInDockersWords(
        driver: String, options: [String: String], option: String?, reason: String
    ) {
        #expect(settings(driver, options).problems == [LogProblem(option, reason)])
    }

    @Test(
        arguments: [
            ("", [:]), ("none", ["whatever": "x"]),
            ("json-file", ["max-size": "10m", "max-file": "3", "compress": "true"]),
            ("json-file", ["tag": "{{.Name}}/{{.ID}}", "labels": "a,b", "env-regex": "^A"]),
            ("local", ["max-file": "1", "compress": "false"]),
            ("journald", ["mode": "non-blocking", "max-buffer-size": "4m", "cache-max-size": "1m"]),
            (
                "syslog",
                ["syslog-address": "tcp+tls://h:6514", "syslog-tls-skip-verify": "", "syslog-facility": "local7"]
            ),
            ("fluentd", ["fluentd-address": "unix:///run/f.sock", "fluentd-async": "1", "fluentd-buffer-limit": "8m"]),
        ] as [(String, [String: String])])
    func whatDockerTakesIsTaken(driver: String, options: [String: String]) {
        #expect(settings(driver, options).problems == [])
    }

    @Test func addressesAreReadWithTheirDefaults() {
        func syslog(_ address: String) -> LogAddress? {
            guard case .syslog(let read) = settings("syslog", ["syslog-address": address]).receiver else { return nil }
            return read.address
        }
        #expect(syslog("udp://logs.example.com") == .udp(host: "logs.example.com", port: 514))
        #expect(syslog("tcp://[::1]:1514") == .tcp(host: "::1", port: 1514))
        #expect(syslog("tcp+tls://h:6514") == .tls(host: "h", port: 6514))
        #expect(syslog("unixgram:///dev/log") == .unixgram("/dev/log"))
        func fluentd(_ address: String) -> LogAddress? {
            guard case .fluentd(let read) = settings("fluentd", ["fluentd-address": address]).receiver else {
                return nil
            }
            return read.address
        }
        #expect(fluentd("") == .tcp(host: "127.0.0.1", port: 24224))
        #expect(fluentd("fluent") == .tcp(host: "fluent", port: 24224))
        #expect(fluentd("tcp://fluent:1") == .tcp(host: "fluent", port: 1))
    }

    @Test func whatIsSentElsewhereIsKeptAsTheDriverLocalKeepsIt() {
        #expect(settings("json-file").retention.size == nil)
        #expect(settings("local").retention == settings("syslog").retention)
        #expect(settings("syslog").retention.size == 20 << 20 && settings("syslog").retention.files == 5)
        #expect(settings("syslog").retention.isCompressed)
        let small = settings("syslog", ["cache-max-size": "1m", "cache-max-file": "2", "cache-compress": "false"])
        #expect(small.retention.size == 1_000_000 && small.retention.files == 2 && !small.retention.isCompressed)
        #expect(settings("syslog").isReadable && !settings("none").isReadable)
        #expect(!settings("syslog", ["cache-disabled": "true"]).isReadable)
    }

    @Test func theSmallerLimitOfWhatMayWaitCounts() {
        #expect(settings("syslog").backlog == nil)
        #expect(settings("fluentd", ["fluentd-buffer-limit": "2k"]).backlog == 2048)
        #expect(
            settings("fluentd", ["fluentd-buffer-limit": "2k", "mode": "non-blocking", "max-buffer-size": "1k"]).backlog
                == 1024)
    }

    @Test func labelsAndVariablesAreChosenByNameAndByExpression() {
        var configuration = ContainerConfiguration(name: "shop-web-1", image: "app")
        configuration.labels = ["team": "a", "tier": "b", "other": "c"]
        let container = Container(
            id: String(repeating: "0123456789abcdef", count: 4), name: "shop-web-1", imageID: "sha256:ffeeddccbbaa",
            configuration: configuration, arguments: ["run", "it"], created: Instant(nanoseconds: 0))
        let subject = LogSubject(container, environment: ["A=1", "B=2=3", "PATH=/bin"])
        let attributes = settings(
            "journald", ["labels": "team", "labels-regex": "^tier$", "env": "PATH", "env-regex": "^B"]
        ).attributes
        #expect(attributes.extra(of: subject) == ["team": "a", "tier": "b", "PATH": "/bin", "B": "2=3"])
        let tag = settings("journald", ["tag": "{{.Name}}/{{ .ID }} {{.ImageName}}"]).attributes.tag
        #expect(tag?.text(of: subject) == "shop-web-1/0123456789ab app")
        let long = settings("journald", ["tag": "{{.Name | upper}}{{range .ContainerArgs}} {{.}}{{end}}"]).attributes
            .tag
        #expect(long?.text(of: subject) == "SHOP-WEB-1 it")
        #expect(LogTag.standard.text(of: subject) == "0123456789ab")
    }
}
