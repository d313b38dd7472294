import LinuxSystem
import Testing

extension EndToEnd {
    struct Terminals {
        private static let detachKeys: [UInt8] = [0x10, 0x11]

        @Test func theKeysLetGoOfAnAttachedTerminal() throws {
            try Project.with("services: {web: {image: busybox, command: cat, tty: true, stdin_open: true}}") {
                project in
                try project.compose("up", "-d").succeeds()
                let terminal = try Terminal(project, "attach", "web")
                try terminal.type(Array("hello\n".utf8))
                try terminal.shows("hello\r\nhello")
                try terminal.type(Self.detachKeys)
                let outcome = try terminal.finish().fails(with: 1)
                #expect(outcome.output.hasSuffix("read escape sequence\r\n"))
                #expect(try project.status(of: "web").hasPrefix("running"))
                let other = try Terminal(project, "attach", "--detach-keys", "ctrl-a,x", "web")
                try other.type(Array("again\n".utf8))
                try other.shows("again\r\nagain")
                try other.type([1, UInt8(ascii: "x")])
                try other.finish().fails(with: 1)
                let wrong = try project.compose("attach", "--detach-keys", "xx", "web").fails(with: 1)
                #expect(wrong.errors.contains("Invalid detach keys (xx) provided"))
            }
        }

        @Test func aRunThatIsLetGoOfGoesOn() throws {
            try Project.with("services: {web: {image: busybox, command: cat}}") { project in
                try project.write(#"{"detachKeys": "ctrl-x"}"#, to: "docker/config.json")
                let terminal = try Terminal(project, "run", "--name", "\(project.name)-mine", "web", "cat")
                try terminal.type(Array("hello\n".utf8))
                try terminal.shows("hello\r\nhello")
                try terminal.type(Self.detachKeys)
                try terminal.finish().succeeds()
                let names = try project.compose("ps", "-a", "--format", "{{.Name}} {{.State}}").succeeds().lines
                #expect(names == ["\(project.name)-mine running"])
            }
        }

        @Test func aProgramOfExecThatIsLetGoOfGoesOn() throws {
            try Project.with("services: {web: {image: busybox, command: nap}}") { project in
                try project.compose("up", "-d").succeeds()
                let terminal = try Terminal(
                    project, "exec", "web", "sh", "-c",
                    "echo begun; while :; do echo x; echo x >>/count; usleep 1000; done")
                try terminal.shows("begun")
                try terminal.type(Self.detachKeys)
                let outcome = try terminal.finish().fails(with: 1)
                #expect(outcome.output.contains("read escape sequence"))
                func count() throws -> Int {
                    Int(try project.compose("exec", "-T", "web", "sh", "-c", "wc -l </count").succeeds().text) ?? 0
                }
                let first = try count()
                // More than a terminal holds that nobody reads.
                try eventually("the program goes on") { try count() > first + 5000 }
            }
        }

        @Test func upHasAMenuOnATerminal() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: sh -c 'while :; do echo tick; sleep 1; done'
                    stop_grace_period: 0s
                    develop: {watch: [{action: sync, path: ./src, target: /src}]}
                """, files: ["src/file": "one"]
            ) { project in
                let terminal = try Terminal(project, "up")
                try terminal.shows("Enable Watch")
                try terminal.shows("tick")
                try terminal.type([UInt8(ascii: "w")])
                try terminal.shows("Watch enabled")
                try terminal.shows("Disable Watch")
                try project.write("two", to: "src/file")
                try terminal.shows("Syncing service")
                try terminal.type([UInt8(ascii: "w")])
                try terminal.shows("Watch disabled")
                try terminal.type([3])
                try terminal.finish().fails(with: 130)
                let plain = try Terminal(project, "up", "--menu=false")
                try plain.shows("tick")
                #expect(!plain.screen.contains("Enable Watch"))
                try plain.type([3])
                try plain.finish().fails(with: 130)
            }
        }
    }
}
