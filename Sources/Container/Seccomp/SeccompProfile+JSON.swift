internal import FoundationEssentials

extension SeccompProfile {
    /// From a profile's text in Docker's form or in that of the OCI runtime specification.
    public init(json text: String) throws(SeccompError) {
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: Data(text.utf8))
        } catch {
            throw SeccompError(reason: "the profile is not valid JSON of a seccomp profile")
        }
        guard document.architectures == nil || document.archMap == nil else {
            throw SeccompError(reason: "the profile has both \"architectures\" and \"archMap\"")
        }
        defaultAction = try Self.action(document.defaultAction, errno: document.defaultErrnoRet)
        var companions: [UInt32] = []
        if let names = document.architectures { companions = names.compactMap { Architecture.tokens[$0] } }
        for map in document.archMap ?? [] where Architecture.tokens[map.architecture] == Architecture.native.token {
            companions = (map.subArchitectures ?? []).compactMap { Architecture.tokens[$0] }
        }
        architectures = companions.filter { $0 != Architecture.native.token }
        rules = []
        for call in document.syscalls ?? [] { rules.append(try Self.rule(call)) }
    }

    private static func rule(_ call: Document.Call) throws(SeccompError) -> Rule {
        guard call.name == nil || call.names == nil else {
            throw SeccompError(reason: "a rule of the profile has both \"name\" and \"names\"")
        }
        var rule = Rule(call.names ?? (call.name.map { [$0] } ?? []), try action(call.action, errno: call.errnoRet))
        for argument in call.args ?? [] {
            guard argument.index < 6, let comparison = comparisons[argument.op] else {
                throw SeccompError(
                    reason: "a rule of the profile compares with \"\(argument.op)\", which does not exist")
            }
            let value = Condition(argument.index, comparison, argument.value, argument.valueTwo ?? 0)
            rule.conditions.append(value)
        }
        rule.includes = try scope(call.includes)
        rule.excludes = try scope(call.excludes)
        return rule
    }

    private static func scope(_ part: Document.Part?) throws(SeccompError) -> Scope {
        var scope = Scope(architectures: part?.arches ?? [])
        for name in part?.caps ?? [] {
            guard let number = capabilityNumbers[name] else {
                throw SeccompError(reason: "a rule of the profile depends on \(name), which is not a capability")
            }
            scope.capabilities.append(number)
        }
        if let kernel = part?.minKernel {
            let numbers = kernel.split(separator: ".").compactMap { Int($0) }
            guard numbers.count >= 2 else { throw SeccompError(reason: "\"\(kernel)\" is not a kernel version") }
            scope.minimumKernel = Array(numbers.prefix(2))
        }
        return scope
    }

    private static func action(_ name: String, errno: UInt16?) throws(SeccompError) -> Action {
        switch name {
        case "SCMP_ACT_ALLOW": return .allow
        case "SCMP_ACT_ERRNO": return .fail(errno ?? 1)
        case "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD": return .killThread
        case "SCMP_ACT_KILL_PROCESS": return .killProcess
        case "SCMP_ACT_TRAP": return .trap
        case "SCMP_ACT_LOG": return .log
        case "SCMP_ACT_TRACE": return .trace(errno ?? 1)
        default: throw SeccompError(reason: "the profile's action \"\(name)\" is not supported")
        }
    }

    private static let comparisons: [String: Comparison] = [
        "SCMP_CMP_NE": .notEqual, "SCMP_CMP_LT": .less, "SCMP_CMP_LE": .lessOrEqual, "SCMP_CMP_EQ": .equal,
        "SCMP_CMP_GE": .greaterOrEqual, "SCMP_CMP_GT": .greater, "SCMP_CMP_MASKED_EQ": .maskedEqual,
    ]

    private static let capabilityNumbers: [String: UInt64] = {
        let names = """
            CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE
            NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT
            SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE
            AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ
            PERFMON BPF CHECKPOINT_RESTORE
            """.split(whereSeparator: \.isWhitespace)
        return Dictionary(uniqueKeysWithValues: names.enumerated().map { ("CAP_\($1)", UInt64($0)) })
    }()
}

/// The file's form.
private struct Document: Decodable {
    struct ArchitectureMap: Decodable {
        var architecture: String
        var subArchitectures: [String]?
    }

    struct Argument: Decodable {
        var index: UInt32
        var value: UInt64
        var valueTwo: UInt64?
        var op: String
    }

    struct Part: Decodable {
        var caps: [String]?
        var arches: [String]?
        var minKernel: String?
    }

    struct Call: Decodable {
        var name: String?
        var names: [String]?
        var action: String
        var errnoRet: UInt16?
        var args: [Argument]?
        var includes: Part?
        var excludes: Part?
    }

    var defaultAction: String
    var defaultErrnoRet: UInt16?
    var architectures: [String]?
    var archMap: [ArchitectureMap]?
    var syscalls: [Call]?
}
