import Glibc
import LinuxSystem
import Testing

extension EndToEnd {
    struct Watch {
        @Test
        func aWatchedFileIsCopiedAndWhatItIsForRuns() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    build: {dockerfile_inline: "FROM busybox\\n"}
                    command: nap
                    develop:
                      watch:
                        - action: sync+exec
                          path: ./source
                          target: /app
                          initial_sync: true
                          include: ["*.txt"]
                          ignore: ["secret.txt"]
                          exec:
                            command: [sh, -c, 'echo "$$(id -un) $$WHAT $$PWD" >>/ran']
                            user: root
                            privileged: true
                            working_dir: /tmp
                            environment: {WHAT: changed}
                """,
                files: ["source/first.txt": "one", "source/secret.txt": "x", "source/other.bin": "x"]
            ) { project in
                try project.compose("up", "-d").succeeds()
                let watch = try project.start(["watch", "--no-up"])
                func inside(_ command: String) throws -> String {
                    try project.compose("exec", "-T", "web", "sh", "-c", command).text
                }
                try eventually("the first files are there") { try inside("cat /app/first.txt") == "one" }
                #expect(try inside("ls /app") == "first.txt")
                try project.write("two", to: "source/second.txt")
                try eventually("the new file is there") { try inside("cat /app/second.txt") == "two" }
                try eventually("the command ran") { try inside("tail -n 1 /ran") == "root changed /tmp" }
                watch.signal(SIGINT)
                _ = try watch.finish(within: 20)
            }
        }
    }
}
