import Glibc
import LinuxSystem
import Testing

extension EndToEnd {
    struct DryRuns {
        /// What each command is given; one that help lists and that is missing here is given nothing.
        private static let arguments: [String: [String]] = [
            "attach": ["web"], "commit": ["web", "name"], "config": ["-o", "written"], "cp": ["web:/etc", "copied"],
            "create": ["--force-recreate"], "down": ["-v", "--rmi", "all"], "events": ["--until", "0"],
            "exec": ["-d", "web", "touch", "/made"], "export": ["-o", "exported", "web"], "port": ["web", "80"],
            "publish": ["-y", "127.0.0.1:1/app"], "rm": ["-f", "-s", "-v"],
            "run": ["-d", "web", "touch", "/data/made"],
            "scale": ["web=3"], "stats": ["--no-stream"], "up": ["-d", "-V", "--force-recreate"],
            "image build": ["."], "image history": ["busybox"], "image import": ["compose.yaml"],
            "image inspect": ["busybox"], "image load": ["-i", "compose.yaml"], "image prune": ["-af"],
            "image pull": ["127.0.0.1:1/x"], "image push": ["busybox"], "image rm": ["busybox"],
            "image save": ["-o", "saved", "busybox"], "image search": ["127.0.0.1:1/x"],
            "image tag": ["busybox", "other"], "builder prune": ["-af"],
            "system prune": ["-af", "--volumes"], "login": ["-u", "u", "-p", "p", "127.0.0.1:1"],
            "volume create": ["fresh"], "volume prune": ["-af"], "network create": ["fresh"], "network prune": ["-f"],
            "network connect": ["fresh", "web"], "network disconnect": ["fresh", "web"],
        ]

        /// These would wait for the container, which stays.
        private static let waiting: Set<String> = ["wait", "watch", "disable", "enable"]

        @Test func ofEveryCommandInTheHelpLeaveTheHostAsItIs() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: nap
                    volumes: [data:/data, /own]
                    ports: ["${PORT}:80"]
                volumes: {data: }
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                var names = try commands(project, ["--help"])
                for group in try groups(project) {
                    names += try commands(project, [group, "--help"]).map { "\(group) \($0)" }
                }
                #expect(names.count > 50)
                let volume = project.name + "_data"
                let network = project.name + "_default"
                let before = try state(of: project)
                for name in names where !Self.waiting.contains(name) {
                    var more = Self.arguments[name] ?? []
                    if ["volume inspect", "volume rm"].contains(name) { more = [volume] }
                    if ["network inspect", "network rm"].contains(name) { more = [network] }
                    let words = ["--dry-run"] + name.split(separator: " ").map(String.init) + more
                    let outcome = try project.compose(words)
                    let after = try state(of: project)
                    #expect(after == before, "\(outcome)")
                }
                #expect(try project.compose("exec", "-T", "web", "ls", "/made").exitCode != 0)
                #expect(try project.compose("exec", "-T", "web", "ls", "/data").succeeds().text == "")
            }
        }

        @Test func printDockersLines() throws {
            try Project.with("services: {web: {image: busybox, command: nap}}") { project in
                try project.compose("up", "-d").succeeds()
                let stop = try project.compose("--dry-run", "stop").succeeds()
                let name = "\(project.name)-web-1"
                #expect(
                    stop.errors
                        == " DRY-RUN MODE -  Container \(name)  Stopping\n DRY-RUN MODE -  Container \(name)  Stopped\n"
                )
                #expect(stop.output == "1. stop container \(name)\n")
                let copy = try project.compose("--dry-run", "cp", "compose.yaml", "web:/x").succeeds()
                #expect(copy.errors.hasPrefix(" DRY-RUN MODE -  \(name) copy compose.yaml to \(name):/x Copying\n"))
                let run = try project.compose("--dry-run", "run", "web", "true").fails(with: 1)
                #expect(run.errors.contains("interactive run is not supported in dry-run mode"))
                let exec = try project.compose("--dry-run", "exec", "web", "true").fails(with: 1)
                #expect(exec.errors == "interactive exec is not supported in dry-run mode\n")
                let detached = try project.compose("--dry-run", "exec", "-d", "web", "a", "b c").succeeds()
                #expect(detached.errors.hasPrefix(" DRY-RUN MODE - Executing command [\"a\" \"b c\"] in "))
                let started = try project.compose("--dry-run", "run", "-d", "web", "true").succeeds()
                #expect(started.text.hasPrefix("\(project.name)-web-run-"))
            }
        }

        private func section(_ title: String, of help: String) -> [String] {
            let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
            return lines.drop { $0 != title }.dropFirst().prefix { $0.hasPrefix("  ") }.compactMap {
                $0.split(separator: " ").first.map(String.init)
            }
        }

        private func commands(_ project: Project, _ words: [String]) throws -> [String] {
            section("Commands:", of: try project.compose(words).succeeds().output)
        }

        private func groups(_ project: Project) throws -> [String] {
            section("Management Commands:", of: try project.compose("--help").succeeds().output)
        }

        /// The paths below the project's folder, data root and run root included, with the sizes of files; and what the
        /// record says.
        private func state(of project: Project) throws -> [String] {
            var state: [String] = []
            try collect(project.folder, into: &state)
            for words in [["ps", "-a", "--format", "{{.ID}} {{.State}}"], ["image", "ls"], ["network", "ls"]] {
                state.append(try project.compose(words).succeeds().output)
            }
            return state + [try project.compose("volume", "ls").succeeds().output]
        }

        private func collect(_ path: String, into state: inout [String]) throws {
            for name in try Files.list(path).sorted() {
                // The record's own files change with looking at it; layers are large, and the list of images has them.
                if name.hasPrefix("state.") || name == "layers" { continue }
                let place = "\(path)/\(name)"
                var status = stat()
                guard lstat(place, &status) == 0 else { continue }
                state.append("\(place) \(status.st_mode & S_IFMT == S_IFREG ? status.st_size : 0)")
                if status.st_mode & S_IFMT == S_IFDIR { try collect(place, into: &state) }
            }
        }
    }
}
