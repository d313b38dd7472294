import Primitives
import Testing

@testable import ContainerRuntime

struct CapabilityTests {
    private let available = CapabilitySet.all(last: 40)

    private func combined(_ added: [String], _ dropped: [String], privileged: Bool = false) throws -> UInt64 {
        try CapabilitySet.combining(
            added: added, dropped: dropped, privileged: privileged, available: available
        ).mask
    }

    @Test func theStandardSetIsDockers() throws {
        let names = [
            "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP",
            "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE",
        ]
        #expect(try combined([], []) == names.reduce(0) { $0 | (CapabilitySet.named($1)?.mask ?? 0) })
        #expect(try combined([], []) == 0xa804_25fb)
    }

    @Test func additionsAndDropsWorkAsInDocker() throws {
        #expect(try combined(["net_admin"], ["CAP_CHOWN"]) == 0xa804_25fb & ~1 | 1 << 12)
        #expect(try combined(["ALL"], ["SYS_ADMIN"]) == available.mask & ~(1 << 21))
        #expect(try combined(["CHOWN", "KILL"], ["ALL"]) == 1 | 1 << 5)
        #expect(try combined([], ["ALL"]) == 0)
        #expect(try combined(["CHOWN"], ["CHOWN"]) == 0xa804_25fb)
        #expect(try combined([], ["ALL"], privileged: true) == available.mask)
    }

    @Test func unknownAndUnavailableOnesAreDifferentErrors() throws {
        let unknown = try #require(throws: RuntimeError.self) { try combined(["NET_ADMINN"], []) }
        #expect(unknown.code == .invalid && unknown.description.contains("no capability \"NET_ADMINN\""))
        let missing = try #require(throws: RuntimeError.self) {
            try CapabilitySet.combining(
                added: ["SYS_ADMIN"], dropped: [], privileged: false, available: CapabilitySet(mask: 1))
        }
        #expect(missing.code == .unsupported)
    }
}
