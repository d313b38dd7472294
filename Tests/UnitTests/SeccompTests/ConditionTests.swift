import CSeccomp
import Glibc
import Seccomp
import Testing

/// Each comparison, on values whose halves differ in all ways.
struct ConditionTests {
    private static let values: [UInt64] = [
        0, 1, 5, 6, 0xffff_ffff, 0x1_0000_0000, 0x5_0000_0005, 0x5_0000_0006, 0x5_0000_0004, 0x6_0000_0000, .max,
    ]
    private static let comparisons: [SeccompProfile.Comparison] = [
        .notEqual, .less, .lessOrEqual, .equal, .greaterOrEqual, .greater, .maskedEqual,
    ]

    private func holds(_ comparison: SeccompProfile.Comparison, _ left: UInt64, _ right: UInt64) -> Bool {
        switch comparison {
        case .notEqual: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .equal: left == right
        case .greaterOrEqual: left >= right
        case .greater: left > right
        case .maskedEqual: left & 0x1_0000_0001 == right
        }
    }

    @Test(arguments: comparisons) func argumentsCompareAs64Bits(comparison: SeccompProfile.Comparison) throws {
        let number = UInt32(seccomp_syscall_resolve_name("getpid"))
        for right in Self.values {
            let condition =
                comparison == .maskedEqual
                ? SeccompProfile.Condition(2, comparison, 0x1_0000_0001, right)
                : SeccompProfile.Condition(2, comparison, right)
            // A second condition that always holds: passing the first must lead to it.
            let always = SeccompProfile.Condition(0, .equal, 7)
            let profile = SeccompProfile(
                defaultAction: .fail(38), architectures: [],
                rules: [SeccompProfile.Rule(["getpid"], .allow, conditions: [condition, always])])
            let machine = FilterMachine(program: try profile.filter(capabilities: 0))
            for left in Self.values {
                let answer = machine.answer(
                    number: number, architecture: seccomp_arch_native(), arguments: [7, 0, left])
                #expect((answer == 0x7fff_0000) == holds(comparison, left, right), "\(left) \(comparison) \(right)")
                let other = machine.answer(
                    number: number, architecture: seccomp_arch_native(), arguments: [8, 0, left])
                #expect(other == 0x0005_0026)
            }
        }
    }

    /// libseccomp compiles the same rules to the same decisions, on all three architectures of x86-64.
    @Test(.enabled(if: seccomp_arch_native() == 0xC000_003E))
    func theCompilerAgreesWithLibseccomp() throws {
        let context = try #require(seccomp_init(0x0005_0001))
        defer { seccomp_release(context) }
        let names = ["read", "write", "mkdirat", "futex", "semget", "openat2", "execve", "kill", "clone", "stat"]
        var rules = [SeccompProfile.Rule(names)]
        for name in names {
            #expect(seccomp_rule_add_array(context, 0x7fff_0000, seccomp_syscall_resolve_name(name), 0, nil) == 0)
        }
        let conditions = [
            scmp_arg_cmp(arg: 0, op: SCMP_CMP_EQ, datum_a: 3, datum_b: 0),
            scmp_arg_cmp(arg: 1, op: SCMP_CMP_MASKED_EQ, datum_a: 0xff0, datum_b: 0x10),
        ]
        #expect(
            seccomp_rule_add_array(context, 0x7fff_0000, seccomp_syscall_resolve_name("ioctl"), 2, conditions) == 0)
        rules.append(
            SeccompProfile.Rule(
                ["ioctl"], conditions: [.init(0, .equal, 3), .init(1, .maskedEqual, 0xff0, 0x10)]))
        #expect(seccomp_arch_add(context, 0x4000_0003) == 0)
        #expect(seccomp_arch_add(context, 0x4000_003E) == 0)
        for name in names {
            #expect(seccomp_rule_add_array(context, 0x7fff_0000, seccomp_syscall_resolve_name(name), 0, nil) <= 0)
        }
        seccomp_rule_add_array(context, 0x7fff_0000, seccomp_syscall_resolve_name("ioctl"), 2, conditions)
        let reference = FilterMachine(program: try exported(context))
        let profile = SeccompProfile(
            defaultAction: .fail(1), architectures: [0x4000_0003, 0x4000_003E], rules: rules)
        let own = FilterMachine(program: try profile.filter(capabilities: 0))
        for (architecture, base) in [(0xC000_003E, 0), (0x4000_0003, 0), (0xC000_003E, 0x4000_0000)]
            as [(UInt32, UInt32)]
        {
            for number in base..<(base + 300) {
                for arguments in [[0, 0], [3, 0x1f], [3, 0x2f], [4, 0x10], [2, 0]] as [[UInt64]] {
                    let expected = reference.answer(number: number, architecture: architecture, arguments: arguments)
                    let answer = own.answer(number: number, architecture: architecture, arguments: arguments)
                    // Ours answers ENOSYS to numbers above the highest named one.
                    #expect(answer == expected || answer == 0x0005_0026 && expected == 0x0005_0001, "\(number) \(base)")
                }
            }
        }
    }

    private func exported(_ context: scmp_filter_ctx) throws -> [UInt8] {
        let file = try #require(tmpfile())
        defer { fclose(file) }
        #expect(seccomp_export_bpf(context, fileno(file)) == 0)
        rewind(file)
        var bytes: [UInt8] = []
        while case let byte = getc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        return bytes
    }
}
