import Glibc
import LinuxSystem
import Testing

extension EndToEnd {
    struct CommandLine {
        @Test func renewedAnonymousVolumesAreEmpty() throws {
            try Project.with("services: {web: {image: busybox, command: nap, volumes: [/own]}}") { project in
                try project.compose("up", "-d").succeeds()
                try project.compose("exec", "-T", "web", "touch", "/own/mark").succeeds()
                try project.compose("up", "-d").succeeds()
                #expect(try project.compose("exec", "-T", "web", "ls", "/own").succeeds().text == "mark")
                try project.compose("up", "-d", "-V").succeeds()
                #expect(try project.compose("exec", "-T", "web", "ls", "/own").succeeds().text == "")
                #expect(try Files.list(project.folder + "/data/volumes").count == 1)
            }
        }

        @Test func externalVolumesAndNetworksAreMadeByHand() throws {
            try Project.with(
                """
                services:
                  web: {image: busybox, command: nap, volumes: ["data:/data"], networks: [net]}
                volumes: {data: {external: true, name: by-hand}}
                networks: {net: {external: true, name: by-hand}}
                """
            ) { project in
                let missing = try project.compose("up", "-d").fails(with: 1)
                #expect(missing.errors.contains("compose network create by-hand"))
                let id = try project.compose("network", "create", "--subnet", "10.213.0.0/24", "by-hand").succeeds()
                    .text
                #expect(id.utf8.count == 64)
                #expect(try project.compose("up", "-d").fails(with: 1).errors.contains("compose volume create by-hand"))
                #expect(
                    try project.compose("volume", "create", "by-hand", "--label", "a=b").succeeds().text == "by-hand")
                try project.compose("up", "-d").succeeds()
                let members = try project.compose(
                    "network", "inspect", "by-hand", "-f", "{{range .Containers}}{{.Name}} {{.IPv4Address}}{{end}}")
                #expect(members.text == "\(project.name)-web-1 10.213.0.2/24")
                #expect(
                    try project.compose("network", "rm", "by-hand").fails(with: 1).errors.contains(
                        "\(project.name)-web-1"))
                #expect(
                    try project.compose("volume", "rm", "by-hand").fails(with: 1).errors.contains(
                        "\(project.name)-web-1"))
                try project.compose("down", "-v", "-t", "0").succeeds()
                #expect(try project.compose("volume", "rm", "by-hand").succeeds().text == "by-hand")
                #expect(
                    try project.compose("network", "prune", "-f").succeeds().output == "Deleted Networks:\nby-hand\n\n")
            }
        }

        @Test func aRunningContainerEntersAndLeavesNetworks() throws {
            try Project.with(
                """
                services:
                  web: {image: busybox, command: nap}
                  other: {image: busybox, command: nap, networks: [second]}
                networks: {second: {ipam: {config: [{subnet: 10.214.0.0/24}]}}}
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                let (network, web) = ("\(project.name)_second", "\(project.name)-web-1")
                func ping(_ name: String) throws -> Int32 {
                    try project.compose("exec", "-T", "other", "ping", "-c", "1", "-W", "2", name).exitCode
                }
                #expect(try ping("webby") != 0)
                try project.compose("network", "connect", "--alias", "webby", "--ip", "10.214.0.77", network, web)
                    .succeeds()
                #expect(try ping("webby") == 0)
                #expect(try ping(web) == 0)
                let inside = try project.compose("exec", "-T", "web", "ip", "-4", "addr").succeeds().output
                #expect(inside.contains("10.214.0.77/24"))
                let again = try project.compose("network", "connect", network, web).fails(with: 1)
                #expect(again.errors.contains("is in it already"))
                try project.compose("network", "disconnect", network, web).succeeds()
                #expect(try ping("webby") != 0)
                #expect(
                    try !project.compose("exec", "-T", "web", "ip", "-4", "addr").succeeds().output.contains("10.214"))
                try project.compose("network", "disconnect", network, web).fails(with: 1)
                try project.compose("network", "disconnect", "-f", network, web).succeeds()
                // One that does not run is in it from its next start on.
                try project.compose("stop", "-t", "0", "web").succeeds()
                try project.compose("network", "connect", "--alias", "webby", network, web).succeeds()
                try project.compose("start", "web").succeeds()
                #expect(try ping("webby") == 0)
            }
        }

        @Test func aProjectIsCalledAsTheShellCallsItsDirectory() throws {
            try Project.with("services: {web: {image: busybox}}") { project in
                let link = project.folder + "/current"
                try #require(symlink("project", link) == 0)
                func name(_ directory: String) throws -> String {
                    try project.compose(
                        ["config", "--format", "json"], environment: ["COMPOSE_PROJECT_NAME=", "PWD=\(directory)"]
                    ).succeeds().output
                }
                #expect(try name(link).contains(#""name": "current""#))
                #expect(try name(project.folder).contains(#""name": "project""#))
            }
        }

        @Test func aVolumeThatOnlyRunNamesIsMadeUnderThatName() throws {
            try Project.with("services: {web: {image: busybox, command: nap}}") { project in
                try project.compose("run", "--rm", "-v", "own:/x", "web", "touch", "/x/mark").succeeds()
                #expect(try project.compose("run", "--rm", "-v", "own:/x", "web", "ls", "/x").succeeds().text == "mark")
                #expect(try project.compose("volume", "ls", "-q").succeeds().lines == ["own"])
                try project.compose("down", "-v").succeeds()
                try project.compose("volume", "rm", "own").succeeds()
            }
        }

        @Test func aTakenPortNamesWhoHasIt() throws {
            try Project.with("services: {web: {image: busybox, command: nap, ports: ['${PORT}:80']}}") { project in
                try project.compose("up", "-d").succeeds()
                let taken = try project.compose("run", "-d", "-p", "\(project.port):81", "web", "nap").fails(with: 1)
                #expect(taken.errors.contains("port is already allocated"))
                #expect(taken.errors.contains("container \(project.name)-web-1 (project \(project.name), service web)"))
                try project.compose("down", "--remove-orphans", "-t", "0").succeeds()
            }
        }

        @Test func answersComeThroughPipesToo() throws {
            try Project.with("services: {web: {image: busybox, command: nap, labels: {a: b}}}") { project in
                for words in [["system", "prune"], ["image", "prune"], ["builder", "prune"], ["volume", "prune"]] {
                    let yes = try project.compose(words, input: "y\n").succeeds()
                    #expect(yes.output.contains("Total reclaimed space"), "\(yes)")
                    let no = try project.compose(words, input: "n\n").succeeds()
                    #expect(!no.output.contains("Total reclaimed space"), "\(no)")
                    #expect(try !project.compose(words).succeeds().output.contains("Total reclaimed space"))
                }
            }
        }

        @Test func scriptsThatAskForTheVersionGetThatOfDockerCompose() throws {
            try Project.with("services: {web: {image: busybox}}") { project in
                #expect(try project.compose("version", "--short").succeeds().text.contains(/^[2-9]\.[0-9.]+$/))
                #expect(try project.compose("version").succeeds().text.contains("(compose "))
                let wrong = try project.compose("ps", environment: ["COMPOSE_PARALLEL_LIMIT=x"]).fails(with: 1)
                #expect(wrong.errors.hasPrefix("COMPOSE_PARALLEL_LIMIT must be an integer (found: \"x\")"))
                let file = try project.compose("config", environment: ["COMPOSE_DISABLE_ENV_FILE=maybe"]).fails(with: 1)
                #expect(file.errors.contains("strconv.ParseBool: parsing \"maybe\": invalid syntax"))
            }
        }
    }
}
