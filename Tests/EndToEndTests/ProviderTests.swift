import Glibc
import LinuxSystem
import Testing

extension EndToEnd {
    /// Services that a program of the host provides instead of containers, and models that docker's plugin runs.
    struct Providers {
        /// Writes its arguments to `calls`, and says where the database is.
        private static let provider = """
            #!/bin/sh
            echo "$@" >>calls
            case "$*" in
                "compose metadata") exit 1 ;;
                *" up broken") echo '{"type":"error","message":"no room in the cloud"}'; exec sleep 60 ;;
            esac
            echo '{"type":"info","message":"making a database"}'
            echo '{"type":"setenv","message":"URL=db://cloud"}'
            """

        /// With the programs where docker's plugins lie: in the home folder.
        private func with(_ file: String, _ plugin: String = "", _ body: (Project) throws -> Void) throws {
            let plugins = "../.docker/cli-plugins/docker-"
            try Project.with(file, files: [plugins + "awesome": Self.provider, plugins + "model": plugin]) { project in
                for name in ["awesome", "model"] { chmod("\(project.folder)/project/\(plugins)\(name)", 0o755) }
                try body(project)
            }
        }

        @Test
        func aProviderIsCalledAndWhatItSaysReachesTheServicesThatDependOnIt() throws {
            let file = """
                services:
                  database: {provider: {type: awesome, options: {size: 10, kind: [a, b]}}}
                  web: {image: busybox, command: "sh -c 'echo $$DATABASE_URL'", depends_on: [database]}
                  other: {image: busybox, command: env}
                """
            try with(file) { project in
                let up = try project.compose("up", "-d").succeeds()
                #expect(up.errors.contains("database") && up.errors.contains("making a database"))
                try eventually("web has its address") { try project.logs(of: "web") == ["db://cloud"] }
                #expect(!(try project.logs(of: "other")).contains { $0.contains("cloud") })
                // Nothing changed.
                let web = try project.id(of: "web")
                try project.compose("up", "-d").succeeds()
                #expect(try project.id(of: "web") == web)
                try project.compose("down").succeeds()
                let calls = Files.text(project.folder + "/project/calls") ?? ""
                #expect(
                    calls.contains("compose --project-name \(project.name) up --kind=a --kind=b --size=10 database"))
                #expect(
                    calls.contains("compose --project-name \(project.name) down --kind=a --kind=b --size=10 database"))
            }
        }

        @Test
        func aProviderThatFailsEndsUpWithItsWords() throws {
            let file = """
                services:
                  broken: {provider: {type: awesome}}
                  missing: {provider: {type: nosuchprovider}, profiles: [more]}
                """
            try with(file) { project in
                let failed = try project.compose("up", "-d").fails(with: 1)
                #expect(failed.errors.contains("no room in the cloud"))
                let missing = try project.compose("--profile", "more", "up", "-d", "missing").fails(with: 1)
                #expect(missing.errors.contains("nosuchprovider"))
            }
        }

        @Test
        func modelsAreServedByDockersPlugin() throws {
            let file = """
                services:
                  chat: {image: busybox, command: env, models: [llm]}
                models:
                  llm: {model: ai/small, context_size: 1024}
                """
            let plugin = """
                #!/bin/sh
                echo "$@" >>calls
                case "$1" in
                    ls) echo '[{"tags":["ai/other"]}]' ;;
                    status) echo '{"endpoint":"http://models:1234/v1/"}' ;;
                esac
                """
            try with(file, plugin) { project in
                try project.compose("up", "-d").succeeds()
                try eventually("chat knows its model") {
                    let log = try project.logs(of: "chat")
                    return log.contains("LLM_MODEL=ai/small") && log.contains("LLM_URL=http://models:1234/v1/")
                }
                let calls = Files.text(project.folder + "/project/calls") ?? ""
                #expect(calls == "ls --json\npull ai/small\nconfigure --context-size 1024 ai/small\nstatus --json\n")
            }
        }
    }
}
