internal import CLaunch

extension claunch_op {
    init(
        _ kind: claunch_kind, x: Slot = .none, y: Slot = .none, z: Slot = .none, a: UInt32 = 0, b: UInt32 = 0,
        c: UInt32 = 0, n: UInt64 = 0, m: UInt64 = 0, o: UInt64 = 0
    ) {
        self.init(
            kind: kind.rawValue, tolerance: 0, x: x.index, y: y.index, z: z.index, a: a, b: b, c: c, blob: 0,
            blob_length: 0, n: n, m: m, o: o)
    }

    func with(blob: [UInt8], in arena: inout Arena) -> claunch_op {
        var op = self
        op.blob = arena.add(blob: blob)
        op.blob_length = UInt32(blob.count)
        return op
    }
}

extension LaunchOperation {
    func encode(into arena: inout Arena) -> claunch_op {
        switch self {
        case .newMount, .cloneTree, .mountAttributes, .attach, .propagation, .mask, .readOnlyPath, .mount, .pivot:
            encodeMount(into: &arena)
        case .writeSlot, .writeProc, .resolve, .makeDirectory, .makeNode, .makeFile, .makeLink, .open, .hostDirectory,
            .sysctl, .workingDirectory:
            encodeFile(into: &arena)
        case .identity, .bounding, .capabilities, .noNewPrivileges, .seccomp, .apparmor, .forkInit, .execute, .limit:
            encodeRights(into: &arena)
        default: encodeProcess(into: &arena)
        }
    }

    private func encodeMount(into arena: inout Arena) -> claunch_op {
        switch self {
        case .newMount(let slot, let type, let options, let attributes):
            let blob = MountOption.encode(options)
            let op = claunch_op(CLAUNCH_NEW_MOUNT, x: slot, a: arena.add(type), n: attributes.rawValue)
            return op.with(blob: blob, in: &arena)
        case .cloneTree(let slot, let path, let below, let recursive):
            let flags = recursive ? recursively : 0
            return claunch_op(CLAUNCH_CLONE_TREE, x: slot, y: below, a: arena.add(path), n: flags)
        case .mountAttributes(let slot, let set, let clear, let propagation, let recursive):
            let flags = propagation & ~Propagation.recursive | (recursive ? recursively << 32 : 0)
            return claunch_op(CLAUNCH_MOUNT_ATTRIBUTES, x: slot, n: set.rawValue, m: clear.rawValue, o: flags)
        case .attach(let slot, let target, let coversProc):
            return claunch_op(CLAUNCH_ATTACH, x: slot, y: target, n: coversProc ? 1 : 0)
        case .propagation(let path, let flags):
            return claunch_op(CLAUNCH_PROPAGATION, a: arena.add(path), n: flags)
        case .mask(let path, let root, let null):
            return claunch_op(CLAUNCH_MASK, x: null, y: root, a: arena.add(path))
        case .readOnlyPath(let path, let root):
            return claunch_op(CLAUNCH_READ_ONLY_PATH, y: root, a: arena.add(path))
        case .mount(let type, let target, let flags, let data):
            return claunch_op(CLAUNCH_MOUNT, a: arena.add(type), b: arena.add(target), c: arena.add(data), n: flags)
        case .pivot(let slot): return claunch_op(CLAUNCH_PIVOT, x: slot)
        default: preconditionFailure("not an operation on mounts")
        }
    }

    private func encodeFile(into arena: inout Arena) -> claunch_op {
        switch self {
        case .writeSlot(let slot, let text): return claunch_op(CLAUNCH_WRITE_SLOT, x: slot, a: arena.add(text))
        case .writeProc(let path, let text):
            return claunch_op(CLAUNCH_WRITE_PROC, a: arena.add(path), b: arena.add(text))
        case .resolve(let slot, let path, let root, let missing):
            var like = Slot.none
            if case .alike(let slot) = missing { like = slot }
            return claunch_op(CLAUNCH_RESOLVE, x: slot, y: root, z: like, a: arena.add(path), n: missing.code)
        case .makeDirectory(let name, let parent, let mode):
            return claunch_op(CLAUNCH_MAKE_DIRECTORY, y: parent, a: arena.add(name), n: mode)
        case .makeNode(let path, let parent, let mode, let device, let owner):
            return claunch_op(CLAUNCH_MAKE_NODE, y: parent, a: arena.add(path), n: mode, m: device, o: owner)
        case .makeFile(let name, let parent, let content, let mode, let owner):
            let op = claunch_op(CLAUNCH_NEW_FILE, y: parent, a: arena.add(name), n: mode, o: owner)
            return op.with(blob: content, in: &arena)
        case .makeLink(let name, let target, let parent):
            return claunch_op(CLAUNCH_MAKE_LINK, y: parent, a: arena.add(target), b: arena.add(name))
        case .open(let slot, let path, let base, let flags):
            let bits = UInt64(UInt32(bitPattern: flags))
            return claunch_op(CLAUNCH_OPEN, x: slot, y: base, a: arena.add(path), n: bits)
        case .hostDirectory(let path, let mode): return claunch_op(CLAUNCH_HOST_DIRECTORY, a: arena.add(path), n: mode)
        case .sysctl(let path, let value, let slot):
            return claunch_op(CLAUNCH_SYSCTL, y: slot, a: arena.add(path), b: arena.add(value))
        case .workingDirectory(let path, let make):
            return claunch_op(CLAUNCH_WORKING_DIRECTORY, a: arena.add(path), n: make ? 1 : 0)
        default: preconditionFailure("not an operation on files")
        }
    }

    private func encodeRights(into arena: inout Arena) -> claunch_op {
        switch self {
        case .identity(let uid, let gid, let groups):
            let op = claunch_op(CLAUNCH_IDS, n: UInt64(uid), m: UInt64(gid))
            return op.with(blob: groups.withUnsafeBytes { Array($0) }, in: &arena)
        case .bounding(let set): return claunch_op(CLAUNCH_BOUNDING, n: set.mask)
        case .capabilities(let set): return claunch_op(CLAUNCH_CAPABILITIES, n: set.mask)
        case .noNewPrivileges: return claunch_op(CLAUNCH_NO_NEW_PRIVILEGES)
        case .seccomp(let filter, _): return claunch_op(CLAUNCH_SECCOMP).with(blob: filter, in: &arena)
        case .apparmor(let profile): return claunch_op(CLAUNCH_APPARMOR, a: arena.add("exec \(profile)"))
        case .forkInit(let terminal): return claunch_op(CLAUNCH_FORK_INIT, n: terminal ? 1 : 0)
        case .limit(let resource, _, let soft, let hard):
            return claunch_op(CLAUNCH_RLIMIT, n: resource, m: soft, o: hard)
        case .execute(let candidates, let arguments, let environment):
            return claunch_op(
                CLAUNCH_EXEC, a: arena.add(table: candidates), b: arena.add(table: arguments, spare: 2),
                c: arena.add(table: environment))
        default: preconditionFailure("not an operation on rights")
        }
    }

    private func encodeProcess(into arena: inout Arena) -> claunch_op {
        switch self {
        case .joinNamespace(let slot, let flags): return claunch_op(CLAUNCH_JOIN_NAMESPACE, x: slot, n: flags)
        case .newNamespace(let flags): return claunch_op(CLAUNCH_NEW_NAMESPACE, n: flags)
        case .hostname(let name): return claunch_op(CLAUNCH_HOSTNAME, a: arena.add(name))
        case .domainname(let name): return claunch_op(CLAUNCH_DOMAINNAME, a: arena.add(name))
        case .newSession: return claunch_op(CLAUNCH_NEW_SESSION)
        case .keyring(let name): return claunch_op(CLAUNCH_KEYRING, a: arena.add(name))
        case .resetSignals: return claunch_op(CLAUNCH_RESET_SIGNALS)
        case .resetScheduling: return claunch_op(CLAUNCH_RESET_SCHEDULING)
        case .loopbackUp: return claunch_op(CLAUNCH_LOOPBACK_UP)
        case .terminal(let slot, let devpts, let socket, let size, let owner):
            return claunch_op(
                CLAUNCH_TERMINAL, x: slot, y: devpts, z: socket, n: UInt64(size?.rows ?? 0),
                m: UInt64(size?.columns ?? 0), o: UInt64(owner))
        case .console(let slot, let directory): return claunch_op(CLAUNCH_CONSOLE, x: slot, y: directory)
        case .controllingTerminal(let slot): return claunch_op(CLAUNCH_CONTROLLING_TERMINAL, x: slot)
        case .umask(let mask): return claunch_op(CLAUNCH_UMASK, n: mask)
        case .stream(let number, let slot, let owner):
            return claunch_op(CLAUNCH_STREAM, x: slot, n: UInt64(number), m: UInt64(owner))
        case .closeOnExec: return claunch_op(CLAUNCH_CLOSE_ON_EXEC)
        case .notDumpable: return claunch_op(CLAUNCH_NOT_DUMPABLE)
        default: preconditionFailure("not an operation on processes")
        }
    }

    /// `AT_RECURSIVE`.
    private var recursively: UInt64 { 0x8000 }
}
