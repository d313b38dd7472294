import CLinux
import ContainerModel
import ContainerRuntime
import Glibc
import LinuxSystem
import Testing

extension KernelTests {
    struct IsolationTests {
        @Test func aContainerHasDockersRightsAndNoMore() throws {
            let host = try TestHost()
            let output = try host.run("cat /proc/self/status; echo pid $$; hostname; umask")
            for fact in [
                "CapInh:\t0000000000000000", "CapPrm:\t00000000a80425fb", "CapEff:\t00000000a80425fb",
                "CapBnd:\t00000000a80425fb", "CapAmb:\t0000000000000000", "NoNewPrivs:\t0", "Seccomp:\t2",
                "SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000", "pid 1\n", "web\n", "0022\n",
            ] { #expect(output.contains(fact)) }
        }

        @Test func noDescriptorOfOursReachesTheProgram() throws {
            let host = try TestHost()
            let names = try host.run("ls /proc/self/fd").split(separator: "\n").map(String.init)
            // The fourth is the directory being listed.
            #expect(names == ["0", "1", "2", "3"])
        }

        @Test func theEnvironmentIsTheSpecsAlone() throws {
            let host = try TestHost()
            setenv("COMPOSE_TEST_SECRET", "x", 1)
            defer { unsetenv("COMPOSE_TEST_SECRET") }
            var spec = try host.spec("")
            spec.process.arguments = ["env"]
            spec.process.environment = ["A=1", "COMPOSE_TEST_SECRET"]
            let lines = try host.run(spec).output.split(separator: "\n").map(String.init).sorted()
            #expect(
                lines == [
                    "A=1", "HOME=/root", "HOSTNAME=web",
                    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                ])
        }

        @Test func maskedPathsAreEmptyAndReadOnlyOnesAreReadOnly() throws {
            let host = try TestHost()
            let output = try host.run(
                """
                cat /proc/keys /proc/timer_list /proc/interrupts 2>/dev/null | wc -c; ls /sys/firmware | wc -l
                echo x > /proc/sys/kernel/domainname; mkdir /sys/fs/cgroup/x /sys/x
                """)
            #expect(output.hasPrefix("0\n0\n"))
            #expect(output.components(of: "Read-only file system") >= 3)
        }

        @Test func escapesAreRefusedByTheFilterOrForLackOfRights() throws {
            let host = try TestHost()
            let output = try host.run(
                "mount -t tmpfs x /tmp; unshare -m true; mount -o remount,rw /proc/sys; mknod /tmp/d b 8 0 && dd if=/tmp/d of=/dev/null count=1"
            )
            #expect(output.components(of: "Operation not permitted") >= 2)
            #expect(!output.contains("records in"))
        }

        @Test func aHostileCallerLeavesNoTraces() throws {
            clinux_ignore_sigpipe()
            let mask = umask(0o077)
            defer { umask(mask) }
            let host = try TestHost()
            let output = try host.run(
                "umask; grep SigIgn /proc/self/status; ulimit -n; cat /proc/self/oom_score_adj; yes | head -1")
            #expect(output == "0022\nSigIgn:\t0000000000000000\n1024\n0\ny\n")
        }

        @Test func aUserKeepsNoCapabilitiesAndGetsItsGroups() throws {
            let host = try TestHost()
            var spec = try host.spec("id; grep Cap /proc/self/status; echo $HOME; echo ok > /dev/stdout")
            spec.process.user = "app"
            spec.process.additionalGroups = ["3000"]
            spec.process.capabilitiesAdded = ["NET_ADMIN"]
            let output = try host.run(spec).output
            #expect(output.contains("uid=1000(app) gid=1000(app) groups=1000(app),2000(extra),3000"))
            #expect(output.contains("CapPrm:\t0000000000000000") && output.contains("CapEff:\t0000000000000000"))
            #expect(output.contains("CapBnd:\t00000000a80435fb"))
            #expect(output.contains("/home/app\nok\n"))
        }

        @Test func privilegedMeansEverythingOfTheHost() throws {
            let host = try TestHost()
            var spec = try host.spec(
                "grep -E 'CapEff|Seccomp:' /proc/self/status; mount -t tmpfs x /tmp && echo mounted; ls /dev/kmsg")
            spec.privileged = true
            let output = try host.run(spec).output
            #expect(output.contains("Seccomp:\t0") && output.contains("mounted") && output.contains("/dev/kmsg\n"))
            #expect(output.contains(String(host.environment.capabilities.mask, radix: 16)))
        }

        @Test func readOnlyRootsCannotBeWrittenButTheirTmpfsCan() throws {
            let host = try TestHost()
            var spec = try host.spec("touch /x; touch /run/y && echo fine")
            spec.root.readOnly = true
            spec.mounts = [MountSpec(source: .tmpfs(size: 1 << 20, mode: 0o755, options: []), target: "/run")]
            let output = try host.run(spec).output
            #expect(output.contains("/x: Read-only file system") && output.contains("fine"))
        }

        @Test func sysctlsOfTheContainersNamespacesAreSet() throws {
            let host = try TestHost()
            var spec = try host.spec(
                "cat /proc/sys/net/core/somaxconn /proc/sys/kernel/msgmax /proc/sys/net/ipv4/ip_unprivileged_port_start"
            )
            spec.sysctls = ["net.core.somaxconn": "77", "kernel/msgmax": "9000"]
            #expect(try host.run(spec).output == "77\n9000\n0\n")
            spec.sysctls = ["kernel.core_pattern": "x"]
            #expect(throws: RuntimeError.self) { try host.run(spec) }
        }
    }
}

extension String {
    func components(of text: String) -> Int {
        var count = 0
        var rest = self[...]
        while let range = rest.firstRange(of: text) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
