import Glibc
import LinuxSystem
import Testing

extension EndToEnd {
    /// Devices that a specification of the host describes (Container Device Interface).
    struct Devices {
        /// A vendor of this test's own, whose specification lies with the host's for as long as `body` runs.
        private func with(_ body: (_ kind: String, Project) throws -> Void) throws {
            let vendor = "e2e\(getpid()).example.com"
            let path = "/var/run/cdi/\(vendor).yaml"
            let hadFolder = Files.exists("/var/run/cdi")
            try Files.makeDirectories("/var/run/cdi", mode: 0o755)
            defer {
                unlink(path)
                if !hadFolder { rmdir("/var/run/cdi") }
            }
            let file = """
                services:
                  card:
                    image: busybox
                    command: sh -c 'id -G; echo $$CARD; stat -c "%t:%T %a" /dev/card; cat /vendor/file /made-by-hook; exec nap'
                    devices: ["\(vendor)/gpu=0"]
                  request:
                    image: busybox
                    command: sh -c 'echo $$CARD; exec nap'
                    gpus: [{driver: \(vendor.prefix { $0 != "." }), count: 1}]
                  missing:
                    image: busybox
                    profiles: [more]
                    devices: ["\(vendor)/gpu=7"]
                """
            try Project.with(file, files: ["library": "from the host\n"]) { project in
                let hook = project.folder + "/hook"
                try Files.replace(hook, with: Array(Self.hook.utf8), mode: 0o755)
                let text = """
                    cdiVersion: "0.6.0"
                    kind: \(vendor)/gpu
                    devices:
                      - name: "0"
                        containerEdits:
                          env: [CARD=zero]
                          deviceNodes: [{path: /dev/card, hostPath: /dev/zero, permissions: r, fileMode: 416}]
                          mounts: [{hostPath: \(project.folder)/project/library, containerPath: /vendor/file, options: [ro]}]
                          additionalGids: [4242]
                          hooks: [{hookName: createContainer, path: \(hook), args: [hook, hello], env: ["PATH=/usr/bin:/bin"]}]
                    """
                try Files.replace(path, with: Array(text.utf8), mode: 0o644)
                try body("\(vendor)/gpu", project)
            }
        }

        /// Finds the container's root as the OCI runtime specification has it, and what is mounted there.
        private static let hook = """
            #!/bin/sh
            set -e
            state=$(cat)
            bundle=$(echo "$state" | sed 's/.*"bundle":"\\([^"]*\\)".*/\\1/')
            root=$(sed -n 's/.*"path": *"\\([^"]*\\)".*/\\1/p' "$bundle/config.json")
            echo "$1 $(cat "$root/vendor/file")" >"$root/made-by-hook"
            """

        @Test
        func allEditsOfASpecificationAreMade() throws {
            try with { _, project in
                try project.compose("up", "-d").succeeds()
                try eventually("the container has the device") {
                    try project.logs(of: "card") == [
                        "0 4242", "zero", "1:5 640", "from the host", "hello from the host",
                    ]
                }
                try eventually("a request finds it") { try project.logs(of: "request") == ["zero"] }
            }
        }

        @Test
        func aDeviceThatIsNotThereIsAnErrorBeforeAnythingIsMade() throws {
            try with { kind, project in
                let failed = try project.compose("--profile", "more", "up", "-d", "missing").fails(with: 1)
                #expect(failed.errors.contains("device \(kind)=7"))
                #expect(try project.compose("ps", "-a", "-q").succeeds().text == "")
            }
        }
    }
}
