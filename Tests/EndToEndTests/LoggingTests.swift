import Glibc
import LinuxSystem
import SystemPackage
import Testing

extension EndToEnd {
    struct Logging {
        @Test
        func theNameThatAServiceChoseStandsBeforeItsLines() throws {
            try Project.with(
                """
                services:
                  web: {image: busybox, container_name: "${COMPOSE_PROJECT_NAME}.shop", command: echo hello}
                  db: {image: busybox, command: echo data}
                """
            ) { project in
                let name = project.name + ".shop"
                let up = try project.compose("up", "--no-color").succeeds()
                #expect(up.output.contains("Attaching to db-1, \(name)"), "\(up)")
                #expect(up.output.contains("\(name)  | hello") && up.output.contains("\(name) exited with code 0"))
                #expect(!up.output.contains("web-1"))
                let logs = try project.compose("logs", "--no-color").succeeds()
                #expect(logs.output.contains("\(name)  | hello") && logs.output.contains("db-1"))
            }
        }

        @Test
        func aLongLineStaysOneLine() throws {
            try Project.with(
                """
                services:
                  long:
                    image: busybox
                    command: [sh, -c, "head -c 3000000 /dev/zero | tr '\\\\0' x; echo; echo end; printf last"]
                """
            ) { project in
                let up = try project.compose("up", "--no-color", "--no-log-prefix").succeeds()
                #expect(up.output.contains("\n" + String(repeating: "x", count: 3_000_000) + "\nend\nlast\n"))
                let logs = try project.compose("logs", "-t", "--no-log-prefix").succeeds()
                #expect(logs.lines.map(\.utf8.count).max() ?? 0 > 3_000_000 && logs.lines.count == 3)
                let tail = try project.compose("logs", "--tail", "3", "--no-log-prefix").succeeds()
                #expect(tail.lines.map(\.utf8.count) == [3_000_000, 3, 4])
                #expect(try project.compose("logs", "--tail", "1", "--no-log-prefix").succeeds().lines == ["last"])
            }
        }

        @Test
        func whoIsNamedIsShownWhateverTheFileSays() throws {
            try Project.with(
                """
                services:
                  noisy: {image: busybox, attach: false, command: echo hello}
                  calm: {image: busybox, command: echo other}
                """
            ) { project in
                let named = try project.compose("up", "--no-color", "--attach", "noisy").succeeds()
                #expect(named.output.contains("noisy-1  | hello") && !named.output.contains("other"), "\(named)")
                let all = try project.compose("up", "--no-color", "--force-recreate").succeeds()
                #expect(all.output.contains("calm-1  | other") && !all.output.contains("hello"), "\(all)")
            }
        }

        @Test
        func whatKeepsNoLogIsShownToWhoIsAttached() throws {
            try Project.with(
                """
                services:
                  web: {image: busybox, command: "echo hello", logging: {driver: none}}
                """
            ) { project in
                #expect(try project.compose("up", "--no-color").succeeds().output.contains("web-1  | hello"))
                let logs = try project.compose("logs", "--no-color").succeeds()
                #expect(logs.output == "")
                #expect(logs.errors.contains("Can't retrieve logs for \\\"\(project.name)-web-1\\\""), "\(logs)")
                #expect(logs.errors.contains("configured logging driver does not support reading"))
            }
        }

        @Test
        func driversAndOptionsThatThereAreNotAreRefusedAtTheirPlaces() throws {
            try Project.with(
                """
                services:
                  typo: {image: busybox, logging: {driver: sysloog}}
                  option: {image: busybox, logging: {options: {max-sizes: 10m}}}
                  value: {image: busybox, logging: {options: {max-size: abc}}}
                """
            ) { project in
                let typo = try project.compose("up", "-d", "typo").fails(with: 1)
                #expect(typo.errors.contains("compose.yaml:2:44: services.typo.logging.driver"), "\(typo)")
                #expect(typo.errors.contains("no log driver named 'sysloog' is registered"))
                let option = try project.compose("create", "option").fails(with: 1)
                #expect(option.errors.contains("compose.yaml:3:48"), "\(option)")
                #expect(option.errors.contains("unknown log opt 'max-sizes' for json-file log driver"))
                let value = try project.compose("run", "--rm", "value", "true").fails(with: 1)
                #expect(value.errors.contains("compose.yaml:4:57") && value.errors.contains("invalid size: 'abc'"))
                try project.compose("config", "-q").succeeds()
            }
        }

        @Test
        func aServiceStartsOnlyWhereItsReceiverIsThereAndSendsItsOutput() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: echo hello
                    logging:
                      driver: syslog
                      options: {syslog-address: "tcp://127.0.0.1:${PORT}", tag: "{{.Name}}", syslog-format: rfc5424}
                """
            ) { project in
                let refused = try project.compose("up", "-d").fails(with: 1)
                #expect(
                    refused.errors.contains(
                        "failed to initialize logging driver: dial tcp 127.0.0.1:\(project.port): connect: "
                            + "connection refused"), "\(refused)")
                let listener = try Host.bound(to: project.port)
                try systemCall { listen(listener.raw, 4) }
                try project.compose("up", "-d").succeeds()
                // The first connection only looks whether somebody is there.
                var text = ""
                try eventually("the line comes") {
                    let connection = try listener.accept()
                    text += String(decoding: try connection.readAll(), as: UTF8.self)
                    return !text.isEmpty
                }
                #expect(text.hasPrefix("<30>1 ") && text.hasSuffix(" - hello\n"), "\(text)")
                #expect(text.contains(" \(project.name)-web-1 "))
                try eventually("it is kept as well") { try project.logs(of: "web") == ["hello"] }
            }
        }
    }
}
