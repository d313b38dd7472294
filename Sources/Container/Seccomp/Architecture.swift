/// A processor architecture, as libseccomp and Docker's profiles name it.
struct Architecture: Sendable, Hashable {
    /// `AUDIT_ARCH_…` and libseccomp's token.
    var token: UInt32
    /// Docker's names of the architecture with its companions: `amd64`, `x86`, `x32`.
    var names: [String]
    /// Tokens of the architectures whose programs run on it too.
    var companions: [UInt32]

    static let x86: UInt32 = 0x4000_0003
    static let x86_64: UInt32 = 0xC000_003E
    static let x32: UInt32 = 0x4000_003E
    /// Set in the numbers of x32's calls.
    static let x32Bit: UInt32 = 0x4000_0000
    static let arm: UInt32 = 0x4000_0028
    static let aarch64: UInt32 = 0xC000_00B7

    /// Whether the arguments of its calls have 32 bits; those of x32 have 64.
    static func isNarrow(_ token: UInt32) -> Bool { token == x86 || token == arm }

    /// The one this program was built for.
    static var native: Architecture {
        #if arch(x86_64)
            Architecture(token: x86_64, names: ["amd64"], companions: [x86, x32])
        #else
            Architecture(token: aarch64, names: ["arm64"], companions: [arm])
        #endif
    }

    /// By the names of the OCI runtime specification.
    static let tokens: [String: UInt32] = [
        "SCMP_ARCH_X86": x86, "SCMP_ARCH_X86_64": x86_64, "SCMP_ARCH_X32": x32, "SCMP_ARCH_ARM": arm,
        "SCMP_ARCH_AARCH64": aarch64,
    ]
}

/// System calls newer than libseccomp 2.5.4: their numbers are the same on all architectures, except the first.
enum RecentSystemCalls {
    static let numbers: [String: UInt32] = {
        var numbers: [String: UInt32] = [
            "futex_waitv": 449, "set_mempolicy_home_node": 450, "cachestat": 451, "fchmodat2": 452,
            "map_shadow_stack": 453, "futex_wake": 454, "futex_wait": 455, "futex_requeue": 456, "statmount": 457,
            "listmount": 458, "lsm_get_self_attr": 459, "lsm_set_self_attr": 460, "lsm_list_modules": 461,
            "mseal": 462, "setxattrat": 463, "getxattrat": 464, "listxattrat": 465, "removexattrat": 466,
        ]
        #if arch(x86_64)
            // 32-bit programs have rt_tgsigqueueinfo there, which the same profiles allow.
            numbers["uretprobe"] = 335
        #endif
        return numbers
    }()
}

/// Calls that 32-bit x86 has behind `socketcall` and `ipc` (linux/net.h, linux/ipc.h).
enum MultiplexedCalls {
    static let places: [String: (call: String, index: UInt64)] = {
        let sockets = """
            socket bind connect listen accept getsockname getpeername socketpair send recv sendto recvfrom shutdown \
            setsockopt getsockopt sendmsg recvmsg accept4 recvmmsg sendmmsg
            """.split(separator: " ").enumerated()
        var places: [String: (call: String, index: UInt64)] = [:]
        for (index, name) in sockets { places[String(name)] = ("socketcall", UInt64(index + 1)) }
        let others: [(String, UInt64)] = [
            ("semop", 1), ("semget", 2), ("semctl", 3), ("semtimedop", 4), ("msgsnd", 11), ("msgrcv", 12),
            ("msgget", 13), ("msgctl", 14), ("shmat", 21), ("shmdt", 22), ("shmget", 23), ("shmctl", 24),
        ]
        for (name, index) in others { places[name] = ("ipc", index) }
        return places
    }()

    /// The calls of their own that most of them have since Linux 4.3 and 5.1 as well (arch/x86/entry/syscalls/
    /// syscall_32.tbl): libseccomp only knows the numbers above by their names.
    static let direct: [String: UInt32] = [
        "recvmmsg": 337, "sendmmsg": 345, "socket": 359, "socketpair": 360, "bind": 361, "connect": 362, "listen": 363,
        "accept4": 364,
        "getsockopt": 365, "setsockopt": 366, "getsockname": 367, "getpeername": 368, "sendto": 369, "sendmsg": 370,
        "recvfrom": 371, "recvmsg": 372, "shutdown": 373, "semget": 393, "semctl": 394, "shmget": 395, "shmctl": 396,
        "shmat": 397, "shmdt": 398, "msgget": 399, "msgsnd": 400, "msgrcv": 401, "msgctl": 402,
    ]
}
