import CSeccomp
import Seccomp
import Testing

struct DockerProfileTests {
    private static let standard: UInt64 = 0xa804_25fb
    private static let allow: UInt32 = 0x7fff_0000
    private static let refuse: UInt32 = 0x0005_0001
    private static let missing: UInt32 = 0x0005_0026

    private func machine(_ capabilities: UInt64 = standard) throws -> FilterMachine {
        FilterMachine(program: try SeccompProfile.docker.filter(capabilities: capabilities))
    }

    private func resolve(_ name: String) -> UInt32? {
        let number = seccomp_syscall_resolve_name(name)
        return number >= 0 ? UInt32(number) : nil
    }

    private let native = seccomp_arch_native()

    @Test func whatTheOracleSaysIsRefused() throws {
        let machine = try machine()
        let names = """
            _sysctl acct add_key afs_syscall bpf clock_settime create_module delete_module fanotify_init finit_module
            fsconfig fsmount fsopen fspick get_kernel_syms get_mempolicy getpmsg init_module io_uring_enter
            io_uring_register io_uring_setup ioperm iopl kcmp kexec_file_load kexec_load keyctl lookup_dcookie mbind
            migrate_pages mount mount_setattr move_mount move_pages nfsservctl open_by_handle_at open_tree
            perf_event_open pidfd_getfd pivot_root process_madvise putpmsg query_module quotactl quotactl_fd reboot
            request_key security set_mempolicy setdomainname sethostname setns settimeofday swapoff swapon sysfs syslog
            tuxcall umount2 unshare uselib userfaultfd ustat vhangup vserver
            """.split(whereSeparator: \.isWhitespace).map(String.init)
        for name in names {
            guard let number = resolve(name) else { continue }
            #expect(machine.answer(number: number, architecture: native) == Self.refuse, "\(name)")
        }
    }

    @Test func ordinaryProgramsAreNotDisturbed() throws {
        let machine = try machine()
        for name in ["read", "openat2", "execve", "chroot", "ptrace", "futex", "epoll_pwait2", "close_range", "rseq"] {
            let number = try #require(resolve(name))
            #expect(machine.answer(number: number, architecture: native) == Self.allow, "\(name)")
        }
    }

    @Test func argumentsDecideWhereTheyMatter() throws {
        let machine = try machine()
        let socket = try #require(resolve("socket")), clone = try #require(resolve("clone"))
        let personality = try #require(resolve("personality"))
        let cases: [(UInt32, UInt64, UInt32)] = [
            (socket, 1, Self.allow), (socket, 38, Self.refuse), (socket, 39, Self.allow), (socket, 40, Self.refuse),
            (socket, 41, Self.allow), (clone, 0x11, Self.allow), (clone, 0x1000_0011, Self.refuse),
            (clone, 0x0002_0011, Self.refuse), (personality, 8, Self.allow), (personality, 1, Self.refuse),
        ]
        for (call, argument, expected) in cases {
            #expect(machine.answer(number: call, architecture: native, arguments: [argument]) == expected)
        }
    }

    @Test func newCallsAreMissingRatherThanForbidden() throws {
        let machine = try machine()
        #expect(machine.answer(number: 435, architecture: native) == Self.missing)  // clone3
        #expect(machine.answer(number: 9999, architecture: native) == Self.missing)
        #expect(machine.answer(number: 451, architecture: native) == Self.allow)  // cachestat
        #expect(machine.answer(number: 462, architecture: native) == Self.allow)  // mseal
        #expect(machine.answer(number: 459, architecture: native) == Self.refuse)  // lsm_get_self_attr
    }

    @Test func capabilitiesOpenTheirCalls() throws {
        let machine = try machine(Self.standard | 1 << 21 | 1 << 23)
        for name in ["mount", "setns", "clone3", "bpf", "mbind", "unshare"] {
            let number = try #require(resolve(name))
            #expect(machine.answer(number: number, architecture: native) == Self.allow, "\(name)")
        }
        let clone = try #require(resolve("clone"))
        #expect(machine.answer(number: clone, architecture: native, arguments: [0x1000_0011]) == Self.allow)
        let reboot = try #require(resolve("reboot"))
        #expect(machine.answer(number: reboot, architecture: native) == Self.refuse)
    }

    @Test func compiledOnceForTheSameRights() throws {
        let first = try SeccompProfile.docker.filter(capabilities: 0)
        #expect(first.count % 8 == 0 && first.count / 8 < 1200)
        #expect(try SeccompProfile.docker.filter(capabilities: 0) == first)
        #expect(try SeccompProfile.docker.filter(capabilities: 1 << 21) != first)
    }
}

/// How 32-bit programs call: what a 64-bit process can do as well, by `int 0x80`.
struct NarrowCallTests {
    private static let x86: UInt32 = 0x4000_0003
    private static let allow: UInt32 = 0x7fff_0000
    private static let refuse: UInt32 = 0x0005_0001

    private func machine(_ text: String) throws -> FilterMachine {
        FilterMachine(program: try SeccompProfile(json: text).filter(capabilities: 0))
    }

    @Test(.enabled(if: seccomp_arch_native() == 0xC000_003E)) func socketsWorkByTheirDirectNumbersToo() throws {
        let machine = FilterMachine(program: try SeccompProfile.docker.filter(capabilities: 0xa804_25fb))
        for number in Array(359...373) + Array(393...402) as [UInt32] {
            #expect(machine.answer(number: number, architecture: Self.x86, arguments: [2]) == Self.allow, "\(number)")
        }
        #expect(machine.answer(number: 359, architecture: Self.x86, arguments: [40]) == Self.refuse)
        #expect(machine.answer(number: 359, architecture: Self.x86, arguments: [0x7_0000_0028]) == Self.refuse)
    }

    @Test(.enabled(if: seccomp_arch_native() == 0xC000_003E)) func theUpperHalfOfAnArgumentChangesNothing() throws {
        let comparisons: [(String, UInt64, Bool)] = [
            ("SCMP_CMP_EQ", 5, true), ("SCMP_CMP_NE", 6, true), ("SCMP_CMP_LT", 6, true), ("SCMP_CMP_LE", 5, true),
            ("SCMP_CMP_GT", 4, true), ("SCMP_CMP_GE", 5, true), ("SCMP_CMP_EQ", 6, false), ("SCMP_CMP_NE", 5, false),
            ("SCMP_CMP_LT", 5, false), ("SCMP_CMP_LE", 4, false), ("SCMP_CMP_GT", 5, false), ("SCMP_CMP_GE", 6, false),
        ]
        for (comparison, value, holds) in comparisons {
            let machine = try machine(
                """
                {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86"], "syscalls": [
                 {"names": ["personality"], "action": "SCMP_ACT_ERRNO",
                  "args": [{"index": 0, "value": \(value), "op": "\(comparison)"}]}]}
                """)
            for argument in [5, 0x1_0000_0005, 0xffff_ffff_0000_0005] as [UInt64] {
                let answer = machine.answer(number: 136, architecture: Self.x86, arguments: [argument])
                #expect((answer == Self.refuse) == holds, "\(comparison) \(value) \(argument)")
            }
        }
    }

    @Test(.enabled(if: seccomp_arch_native() == 0xC000_003E)) func aRuleByNameMeansEveryWayToMakeTheCall() throws {
        let machine = try machine(
            """
            {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86"], "syscalls": [
             {"names": ["socket"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": 40, "op": "SCMP_CMP_EQ"}]},
             {"names": ["shmget"], "action": "SCMP_ACT_ERRNO"}]}
            """)
        #expect(machine.answer(number: 359, architecture: Self.x86, arguments: [40]) == Self.refuse)
        #expect(machine.answer(number: 359, architecture: Self.x86, arguments: [2]) == Self.allow)
        #expect(machine.answer(number: 395, architecture: Self.x86) == Self.refuse)
        // socketcall and ipc: what they are asked for lies in memory.
        #expect(machine.answer(number: 102, architecture: Self.x86, arguments: [1]) == Self.refuse)
        #expect(machine.answer(number: 102, architecture: Self.x86, arguments: [3]) == Self.allow)
        #expect(machine.answer(number: 117, architecture: Self.x86, arguments: [23]) == Self.refuse)
    }

    @Test func whereEverythingIsAllowedNothingIsMissing() throws {
        let machine = try machine(
            """
            {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["acct"], "action": "SCMP_ACT_ERRNO"}]}
            """)
        for name in ["acct", "capset", "prctl", "execve", "openat2"] {
            let number = UInt32(seccomp_syscall_resolve_name(name))
            let answer = machine.answer(number: number, architecture: seccomp_arch_native())
            #expect(answer == (name == "acct" ? Self.refuse : Self.allow), "\(name)")
        }
        #expect(machine.answer(number: 9999, architecture: seccomp_arch_native()) == Self.allow)
    }
}

struct CustomProfileTests {
    private let text = """
        {"defaultAction": "SCMP_ACT_ALLOW", "archMap": [{"architecture": "SCMP_ARCH_X86_64",
         "subArchitectures": ["SCMP_ARCH_X86"]}],
         "syscalls": [
          {"names": ["mkdir", "mkdirat", "no_such_call"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13},
          {"name": "chmod", "action": "SCMP_ACT_KILL_PROCESS"},
          {"names": ["kill"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 1, "value": 9, "op": "SCMP_CMP_EQ"}]},
          {"names": ["reboot"], "action": "SCMP_ACT_ERRNO", "excludes": {"caps": ["CAP_SYS_BOOT"]}}]}
        """

    @Test func dockersFormIsUnderstood() throws {
        let machine = FilterMachine(program: try SeccompProfile(json: text).filter(capabilities: 1 << 22))
        let native = seccomp_arch_native()
        func answer(_ name: String, _ arguments: [UInt64] = []) -> UInt32? {
            let number = UInt32(seccomp_syscall_resolve_name(name))
            return machine.answer(number: number, architecture: native, arguments: arguments)
        }
        #expect(answer("mkdirat") == 0x0005_000d)
        #expect(answer("kill", [1, 9]) == 0x0005_0001)
        #expect(answer("kill", [1, 15]) == 0x7fff_0000)
        #expect(answer("getpid") == 0x7fff_0000)
    }

    @Test(arguments: [
        "", "[]", "{}", "{\"defaultAction\": \"SCMP_ACT_NOTIFY\"}",
        "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": [], \"archMap\": []}",
        """
        {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"name": "a", "names": ["b"], "action": "SCMP_ACT_ALLOW"}]}
        """,
        """
        {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
          {"name": "a", "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_NONSENSE"]}}]}
        """,
    ]) func brokenProfilesAreRefused(text: String) {
        #expect(throws: SeccompError.self) { try SeccompProfile(json: text) }
    }
}
