internal import CLaunch
internal import LinuxSystem

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
        case .namespace(let operation): operation.encode(into: &arena)
        case .mount(let operation): operation.encode(into: &arena)
        case .file(let operation): operation.encode(into: &arena)
        case .process(let operation): operation.encode(into: &arena)
        case .rights(let operation): operation.encode(into: &arena)
        }
    }
}

extension LaunchOperation.Namespaces {
    fileprivate func encode(into arena: inout Arena) -> claunch_op {
        switch self {
        case .join(let slot, let flags): claunch_op(CLAUNCH_JOIN_NAMESPACE, x: slot, n: flags)
        case .new(let flags): claunch_op(CLAUNCH_NEW_NAMESPACE, n: flags)
        case .hostname(let name): claunch_op(CLAUNCH_HOSTNAME, a: arena.add(name))
        case .domainname(let name): claunch_op(CLAUNCH_DOMAINNAME, a: arena.add(name))
        case .loopbackUp: claunch_op(CLAUNCH_LOOPBACK_UP)
        }
    }
}

extension LaunchOperation.Mount {
    fileprivate func encode(into arena: inout Arena) -> claunch_op {
        switch self {
        case .new(let slot, let type, let options, let attributes):
            let blob = MountOption.encode(options)
            let op = claunch_op(CLAUNCH_NEW_MOUNT, x: slot, a: arena.add(type), n: attributes.rawValue)
            return op.with(blob: blob, in: &arena)
        case .classic(let type, let target, let flags, let data):
            return claunch_op(CLAUNCH_MOUNT, a: arena.add(type), b: arena.add(target), c: arena.add(data), n: flags)
        case .cloneTree(let slot, let path, let below, let recursive):
            let flags = recursive ? recursively : 0
            return claunch_op(CLAUNCH_CLONE_TREE, x: slot, y: below, a: arena.add(path), n: flags)
        case .cloneProc(let slot):
            return claunch_op(CLAUNCH_CLONE_TREE, x: slot, a: arena.add("/proc"), m: UInt64(CLAUNCH_PROCFS.rawValue))
        case .setAttributes(let slot, let set, let clear, let propagation, let recursive):
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
        case .pivot(let slot): return claunch_op(CLAUNCH_PIVOT, x: slot)
        }
    }

    /// `AT_RECURSIVE`.
    private var recursively: UInt64 { 0x8000 }
}

extension LaunchOperation.File {
    fileprivate func encode(into arena: inout Arena) -> claunch_op {
        switch self {
        case .open(let slot, let path, let base, let flags):
            let bits = UInt64(UInt32(bitPattern: flags))
            return claunch_op(CLAUNCH_OPEN, x: slot, y: base, a: arena.add(path), n: bits)
        case .resolve(let slot, let path, let root, let missing):
            var like = Slot.none
            if case .alike(let slot) = missing { like = slot }
            return claunch_op(CLAUNCH_RESOLVE, x: slot, y: root, z: like, a: arena.add(path), n: missing.code)
        case .writeSlot(let slot, let text): return claunch_op(CLAUNCH_WRITE_SLOT, x: slot, a: arena.add(text))
        case .writeProc(let path, let text):
            return claunch_op(CLAUNCH_WRITE_PROC, a: arena.add(path), b: arena.add(text))
        case .makeNode(let path, let parent, let mode, let device, let owner):
            return claunch_op(CLAUNCH_MAKE_NODE, y: parent, a: arena.add(path), n: mode, m: device, o: owner)
        case .makeFile(let name, let parent, let content, let mode, let owner):
            let op = claunch_op(CLAUNCH_NEW_FILE, y: parent, a: arena.add(name), n: mode, o: owner)
            return op.with(blob: content, in: &arena)
        case .makeLink(let name, let target, let parent):
            return claunch_op(CLAUNCH_MAKE_LINK, y: parent, a: arena.add(target), b: arena.add(name))
        case .hostDirectory(let path, let mode): return claunch_op(CLAUNCH_HOST_DIRECTORY, a: arena.add(path), n: mode)
        case .sysctl(let path, let value, let slot):
            return claunch_op(CLAUNCH_SYSCTL, y: slot, a: arena.add(path), b: arena.add(value))
        case .workingDirectory(let path, let make):
            return claunch_op(CLAUNCH_WORKING_DIRECTORY, a: arena.add(path), n: make ? 1 : 0)
        }
    }
}

extension LaunchOperation.Process {
    fileprivate func encode(into arena: inout Arena) -> claunch_op {
        switch self {
        case .newSession: claunch_op(CLAUNCH_NEW_SESSION)
        case .keyring(let name): claunch_op(CLAUNCH_KEYRING, a: arena.add(name))
        case .resetSignals: claunch_op(CLAUNCH_RESET_SIGNALS)
        case .resetScheduling: claunch_op(CLAUNCH_RESET_SCHEDULING)
        case .terminal(let slot, let devpts, let socket, let size, let owner):
            claunch_op(
                CLAUNCH_TERMINAL, x: slot, y: devpts, z: socket, n: UInt64(size?.rows ?? 0),
                m: UInt64(size?.columns ?? 0), o: UInt64(owner))
        case .console(let slot, let directory): claunch_op(CLAUNCH_CONSOLE, x: slot, y: directory)
        case .controllingTerminal(let slot): claunch_op(CLAUNCH_CONTROLLING_TERMINAL, x: slot)
        case .stream(let number, let slot, let owner):
            claunch_op(CLAUNCH_STREAM, x: slot, n: UInt64(number), m: UInt64(owner))
        case .umask(let mask): claunch_op(CLAUNCH_UMASK, n: mask)
        case .closeOnExec: claunch_op(CLAUNCH_CLOSE_ON_EXEC)
        case .hook(let path, let arguments, let environment, let input, let output, let seconds):
            claunch_op(
                CLAUNCH_HOOK, x: output, a: arena.add(path), b: arena.add(table: arguments),
                c: arena.add(table: environment), n: UInt64(seconds)
            ).with(blob: input, in: &arena)
        case .forkInit(let terminal): claunch_op(CLAUNCH_FORK_INIT, n: terminal ? 1 : 0)
        case .lastProgram(let terminal): claunch_op(CLAUNCH_LAST_PROGRAM, n: terminal ? 1 : 0)
        case .execute(let candidates, let arguments, let environment):
            claunch_op(
                CLAUNCH_EXEC, a: arena.add(table: candidates),
                b: arena.add(table: arguments, spare: max(2, candidates.count)),
                c: arena.add(table: environment))
        }
    }
}

extension LaunchOperation.Rights {
    fileprivate func encode(into arena: inout Arena) -> claunch_op {
        switch self {
        case .limit(let resource, _, let soft, let hard): claunch_op(CLAUNCH_RLIMIT, n: resource, m: soft, o: hard)
        case .notDumpable: claunch_op(CLAUNCH_NOT_DUMPABLE)
        case .bounding(let set): claunch_op(CLAUNCH_BOUNDING, n: set.mask)
        case .identity(let uid, let gid, let groups):
            claunch_op(CLAUNCH_IDS, n: UInt64(uid), m: UInt64(gid))
                .with(blob: groups.withUnsafeBytes { Array($0) }, in: &arena)
        case .capabilities(let set): claunch_op(CLAUNCH_CAPABILITIES, n: set.mask)
        case .noNewPrivileges: claunch_op(CLAUNCH_NO_NEW_PRIVILEGES)
        case .seccomp(let filter, _): claunch_op(CLAUNCH_SECCOMP).with(blob: filter, in: &arena)
        case .apparmor(let profile): claunch_op(CLAUNCH_APPARMOR, a: arena.add("exec \(profile)"))
        }
    }
}
