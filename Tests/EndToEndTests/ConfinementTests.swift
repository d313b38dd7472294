import Glibc
import LinuxSystem
import Testing

extension EndToEnd {
    /// What a service cannot do to others, and to itself where the file says so.
    struct Confinement {
        /// Twenty, for the supervisor has fewer threads.
        @Test
        func containersThatStopEveryProcessThatEntersHoldNeitherTheirNeighboursNorCommandsUp() throws {
            try Project.with(
                """
                services:
                  evil:
                    image: busybox
                    command: sh -c 'while :; do kill -STOP -1; done'
                    stop_signal: KILL
                    healthcheck: {test: ["CMD", "true"], interval: 300ms, timeout: 2s, retries: 1}
                    deploy: {replicas: 20}
                  good:
                    image: busybox
                    command: nap
                    healthcheck: {test: ["CMD", "true"], interval: 300ms, timeout: 10s}
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                try eventually("the good one is healthy", within: 30) {
                    try project.status(of: "good").hasPrefix("running 0 healthy")
                }
                for command in [["restart", "-t", "1", "good"], ["kill", "evil"], ["down", "-t", "1"]] {
                    let start = monotonicNanoseconds()
                    try project.compose(command).succeeds()
                    #expect(monotonicNanoseconds() - start < 20_000_000_000, "\(command)")
                }
            }
        }

        /// `vm.memfd_noexec` is a pid namespace's own, and 2 cannot be taken back in it.
        @Test(.enabled(if: Files.exists("/proc/sys/vm/memfd_noexec")))
        func whereMemfdsMayNotBeExecutedServicesRunAndAreEnteredAllTheSame() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: nap
                    init: true
                    user: "1000"
                """
            ) { project in
                let script = """
                    echo 2 >/proc/sys/vm/memfd_noexec
                    "$0" up -d
                    "$0" exec -T web sh -c 'id -u; head -c 17 /proc/1/cmdline'
                    "$0" exec -T -u 0 web sh -c '! echo >>/proc/1/exe'
                    "$0" down -t 1
                    """
                let outcome = try Command(
                    ["/usr/bin/unshare", "--pid", "--fork", "--mount-proc", "/bin/sh", "-ec", script, Binary.path],
                    environment: project.environment, directory: project.folder + "/project"
                ).finish().succeeds()
                #expect(outcome.lines == ["1000", "/sbin/docker-init"], "\(outcome)")
                // Whichever the kernel looks at first: the mount, or who may look into process 1.
                let refusals = ["Read-only file system", "Permission denied"]
                #expect(refusals.contains { outcome.errors.contains($0) }, "\(outcome)")
            }
        }

        @Test
        func aReadOnlyRootIncludesTheFilesThatAreWrittenForTheContainer() throws {
            try Project.with(
                """
                services:
                  closed:
                    image: busybox
                    command: nap
                    read_only: true
                    configs: [note]
                  open:
                    image: busybox
                    command: nap
                configs:
                  note: {content: text}
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                for file in ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/note"] {
                    let outcome = try project.compose("exec", "-T", "closed", "sh", "-c", "echo >>\(file)")
                    #expect(outcome.errors.contains("Read-only file system"), "\(file): \(outcome)")
                }
                try project.compose("exec", "-T", "open", "sh", "-c", "echo >>/etc/hosts").succeeds()
            }
        }

        @Test
        func aSeccompProfileIsAFileOfTheProject() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: nap
                    security_opt: ["seccomp=./profile.json"]
                """,
                files: [
                    "profile.json": """
                    {"defaultAction": "SCMP_ACT_ALLOW",
                     "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"}]}
                    """
                ]
            ) { project in
                try project.compose("up", "-d").succeeds()
                let outcome = try project.compose("exec", "-T", "web", "mkdir", "/x")
                #expect(outcome.errors.contains("Operation not permitted"), "\(outcome)")
                try project.compose("exec", "-T", "web", "touch", "/x").succeeds()
            }
        }

        @Test
        func theHostsIPCIsSharedWhateverTheHostHasMounted() throws {
            try Project.with("services: {web: {image: busybox, command: nap, ipc: host}}") { project in
                try project.compose("up", "-d").succeeds()
                let inside = try project.compose("exec", "-T", "web", "readlink", "/proc/self/ns/ipc").succeeds().text
                var link = [CChar](repeating: 0, count: 64)
                #expect(readlink("/proc/self/ns/ipc", &link, link.count - 1) > 0)
                #expect(inside == String(decoding: link.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
                try project.compose("exec", "-T", "web", "ls", "/dev/mqueue", "/dev/shm").succeeds()
            }
        }

        /// What the host opens there must be a file: opening a device does something, and a FIFO waits.
        @Test
        func whateverAContainerPutsInPlaceOfItsUsersRootAndNumbersStillEnter() throws {
            try Project.with("services: {web: {image: busybox, command: nap}}") { project in
                try project.compose("up", "-d").succeeds()
                for command in [
                    "mkfifo /etc/passwd", "mkdir /etc/passwd", "mknod /etc/passwd c 1 7",
                    "ln -s /etc/passwd /etc/passwd",
                ] {
                    try project.compose("exec", "-T", "web", "sh", "-c", "rm -rf /etc/passwd; \(command)").succeeds()
                    for (user, number) in [("", "0"), ("root", "0"), ("12:3", "12")] {
                        // Not id(1): that would wait for the FIFO itself.
                        let status = try project.compose(
                            "exec", "-T", "-u", user, "web", "grep", "Uid", "/proc/self/status")
                        #expect(status.output.hasPrefix("Uid:\t\(number)\t"), "\(command): \(user): \(status)")
                    }
                    #expect(try project.compose("exec", "-T", "-u", "app", "web", "true").exitCode != 0)
                }
            }
        }

        @Test
        func aLinkThatLeadsNowhereIsCopiedAsALink() throws {
            try Project.with("services: {web: {image: busybox, command: nap}}") { project in
                try project.compose("up", "-d").succeeds()
                try project.compose("exec", "-T", "web", "ln", "-s", "/nowhere", "/link").succeeds()
                try project.compose("cp", "web:/link", "copy").succeeds()
                var link = [CChar](repeating: 0, count: 64)
                #expect(readlink(project.folder + "/project/copy", &link, link.count - 1) == 8)
                #expect(try project.compose("cp", "web:/none", "x").exitCode != 0)
            }
        }
    }
}
