import LinuxSystem
import Testing

extension EndToEnd {
    struct Storage {
        @Test
        func filesAreCopiedToAndFromVolumesOfAContainerThatDoesNotRun() throws {
            let file = """
                services: {web: {image: busybox, command: cat /data/in, volumes: ["data:/data", "./bound:/made/bound:ro"]}}
                volumes: {data: {}}
                """
            try Project.with(file, files: ["in": "given\n", "bound/file": "bound\n"]) { project in
                try project.compose("create").succeeds()
                try project.compose("cp", "in", "web:/data/in").succeeds()
                try project.compose("cp", "web:/made/bound/file", "out").succeeds()
                #expect(Files.text(project.folder + "/project/out") == "bound\n")
                #expect(try project.compose("cp", "in", "web:/made/bound/new").exitCode != 0)
                try project.compose("up", "-d").succeeds()
                try eventually("it prints what was copied") { try project.logs(of: "web") == ["given"] }
                try project.compose("cp", "web:/data/in", "back").succeeds()
                #expect(Files.text(project.folder + "/project/back") == "given\n")
            }
        }

        /// As with docker compose, replicas that are too many go without their volumes.
        @Test
        func anonymousVolumesThatNobodyUsesAreCountedAndPruned() throws {
            try Project.with("services: {web: {image: busybox, command: nap, volumes: [/data]}}") { project in
                try project.compose("up", "-d", "--scale", "web=3").succeeds()
                try project.compose("up", "-d").succeeds()
                #expect(try Files.list(project.folder + "/data/volumes").count == 3)
                let usage = try project.compose("system", "df", "-v").succeeds()
                #expect(
                    usage.lines.count {
                        $0.split(separator: " ").dropFirst().first == "0" && $0.prefix { $0 != " " }.count == 64
                    } == 2, "\(usage.output)")
                let pruned = try project.compose("system", "prune", "-f", "--volumes").succeeds()
                #expect(pruned.output.contains("Deleted Volumes:"))
                #expect(try Files.list(project.folder + "/data/volumes").count == 1)
                #expect(try project.status(of: "web").hasPrefix("running"))
            }
        }

        @Test
        func aNamedVolumeOutlivesDownAndIsRemovedByDownV() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: sh -c 'echo visit >>/data/visits; wc -l </data/visits; exec nap'
                    volumes: [data:/data]
                volumes:
                  data:
                """
            ) { project in
                for visits in ["1", "2"] {
                    try project.compose("up", "-d").succeeds()
                    try eventually("visit \(visits) is counted") { try project.logs(of: "web") == [visits] }
                    try project.compose("down").succeeds()
                }
                try project.compose("down", "-v").succeeds()
                try project.compose("up", "-d").succeeds()
                try eventually("the volume is new") { try project.logs(of: "web") == ["1"] }
            }
        }

        @Test
        func bindMountsShowTheHostsFilesReadOnlyWhereAsked() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: nap
                    volumes:
                      - ./content:/content:ro
                      - ./output:/output
                """,
                files: ["content/page": "text", "output/keep": ""]
            ) { project in
                try project.compose("up", "-d").succeeds()
                let page = try project.compose("exec", "-T", "web", "cat", "/content/page").succeeds()
                #expect(page.text == "text")
                #expect(try project.compose("exec", "-T", "web", "touch", "/content/x").exitCode == 1)
                try project.compose("exec", "-T", "web", "cp", "/content/page", "/output/copy").succeeds()
                #expect(Host.run(["/usr/bin/cat", project.folder + "/project/output/copy"]) == ["text"])
            }
        }

        @Test
        func secretsAndConfigsLieWhereTheServiceLooksForThemWithTheirModes() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: nap
                    secrets: [password]
                    configs:
                      - source: settings
                        target: /etc/settings
                secrets:
                  password:
                    file: password.txt
                configs:
                  settings:
                    content: colour=red
                """,
                files: ["password.txt": "geheim"]
            ) { project in
                try project.compose("up", "-d").succeeds()
                let files = try project.compose("exec", "-T", "web", "cat", "/run/secrets/password", "/etc/settings")
                #expect(try files.succeeds().output == "geheimcolour=red")
            }
        }

        @Test
        func whatAContainerWritesStaysOutOfItsImageAndAReadOnlyContainerCannotWrite() throws {
            try Project.with(
                """
                services:
                  first:
                    image: busybox
                    command: nap
                  sealed:
                    image: busybox
                    command: nap
                    read_only: true
                    tmpfs: /scratch
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                try project.compose("exec", "-T", "first", "rm", "/etc/passwd").succeeds()
                try project.compose("exec", "-T", "sealed", "cat", "/etc/passwd").succeeds()
                #expect(try project.compose("exec", "-T", "sealed", "touch", "/file").exitCode == 1)
                try project.compose("exec", "-T", "sealed", "touch", "/scratch/file").succeeds()
            }
        }
    }
}
