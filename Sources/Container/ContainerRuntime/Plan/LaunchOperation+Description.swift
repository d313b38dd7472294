internal import LinuxSystem

extension LaunchOperation: CustomStringConvertible {
    var description: String {
        switch self {
        case .namespace(let operation): operation.description
        case .mount(let operation): operation.description
        case .file(let operation): operation.description
        case .process(let operation): operation.description
        case .rights(let operation): operation.description
        }
    }
}

extension LaunchOperation.Namespaces: CustomStringConvertible {
    var description: String {
        switch self {
        case .join(let slot, let flags): "join \(namespaceNames(flags).joined(separator: " ")) of \(slot.name)"
        case .new(let flags): "new \(namespaceNames(flags).joined(separator: " "))"
        case .hostname(let name): "hostname \(name)"
        case .domainname(let name): "domainname \(name)"
        case .loopbackUp: "loopback up"
        }
    }
}

extension LaunchOperation.Mount: CustomStringConvertible {
    var description: String {
        switch self {
        case .new(let slot, let type, let options, let attributes):
            ["\(slot.name) = new \(type)", options.map(\.description).joined(separator: ","), attributes.description]
                .filter { !$0.isEmpty }.joined(separator: " ")
        case .classic(let type, let target, _, let data): "mount \(type) \(target) \(data)"
        case .cloneProc(let slot): "\(slot.name) = clone /proc"
        case .cloneTree(let slot, let path, let below, let recursive):
            "\(slot.name) = clone \(path)\(below == .none ? "" : " below \(below.name)")\(recursive ? " recursive" : "")"
        case .setAttributes(let slot, let set, let clear, let propagation, let recursive):
            [
                "attributes \(slot.name)", set.description, clear.isEmpty ? "" : "clear \(clear)",
                propagation == 0 ? "" : propagationName(propagation), recursive ? "recursive" : "",
            ]
            .filter { !$0.isEmpty }.joined(separator: " ")
        case .attach(let slot, let target, _): "attach \(slot.name) on \(target.name)"
        case .propagation(let path, let flags): "propagation \(path) \(propagationName(flags))"
        case .mask(let path, _, _): "mask \(path)"
        case .readOnlyPath(let path, _): "read-only \(path)"
        case .pivot(let slot): "pivot \(slot.name)"
        }
    }
}

extension LaunchOperation.File: CustomStringConvertible {
    var description: String {
        switch self {
        case .open(let slot, let path, let base, _):
            "\(slot.name) = open \(path)\(base == .none ? "" : " in \(base.name)")"
        case .resolve(let slot, let path, let root, let missing):
            "\(slot.name) = resolve \(path) in \(root.name)\(missing)"
        case .writeSlot(let slot, let text): "write \(slot.name) \(text)"
        case .writeProc(let path, let text): "write \(path) \(text)"
        case .makeNode(let name, let parent, let mode, let device, let owner):
            "mknod \(name) in \(parent.name) \(octal(mode)) \(DeviceNumber(device)) \(owner >> 32):\(owner & 0xffff_ffff)"
        case .makeFile(let name, let parent, let content, let mode, let owner):
            "file \(name) in \(parent.name) \(content.count) bytes mode \(octal(mode))"
                + " owner \(owner >> 32):\(owner & 0xffff_ffff)"
        case .makeLink(let name, let target, let parent): "link \(name) -> \(target) in \(parent.name)"
        case .hostDirectory(let path, _): "mkdir host \(path)"
        case .sysctl(let path, let value, _): "sysctl \(path) \(value)"
        case .workingDirectory(let path, let make): "chdir \(path)\(make ? " make" : "")"
        }
    }
}

extension LaunchOperation.Process: CustomStringConvertible {
    var description: String {
        switch self {
        case .newSession: "session"
        case .keyring(let name): "keyring \(name)"
        case .resetSignals: "reset signals"
        case .resetScheduling: "reset scheduling"
        case .terminal(let slot, let devpts, _, let size, let owner):
            "\(slot.name) = terminal \(devpts.name)\(size.map { " \($0.rows)x\($0.columns)" } ?? "") owner \(owner)"
        case .console(let slot, let directory): "console \(slot.name) in \(directory.name)"
        case .controllingTerminal(let slot): "controlling \(slot.name)"
        case .stream(let number, let slot, let owner):
            "stream \(number) \(slot == .none ? "/dev/null" : slot.name) owner \(owner)"
        case .umask(let mask): "umask \(octal(mask))"
        case .closeOnExec: "close on exec"
        case .hook(let path, let arguments, let environment, let input, let output, let seconds):
            "hook \(path) \(quoted(arguments)) environment \(quoted(environment)) input "
                + "\(quoted([String(decoding: input, as: UTF8.self)])) output \(output.name) within \(seconds) s"
        case .forkInit(let terminal): "init\(terminal ? " terminal" : "")"
        case .lastProgram(let terminal): "last program\(terminal ? " terminal" : "")"
        case .execute(let candidates, let arguments, let environment):
            "execute \(candidates.joined(separator: ":")) \(quoted(arguments)) environment \(quoted(environment))"
        }
    }
}

extension LaunchOperation.Rights: CustomStringConvertible {
    var description: String {
        switch self {
        case .limit(_, let name, let soft, let hard): "limit \(name) \(limitText(soft)) \(limitText(hard))"
        case .notDumpable: "not dumpable"
        case .bounding(let set): "bounding \(set)"
        case .identity(let uid, let gid, let groups):
            "user \(uid):\(gid) groups \(groups.map { String($0) }.joined(separator: ","))"
        case .capabilities(let set): "capabilities \(set)"
        case .noNewPrivileges: "no new privileges"
        case .seccomp(_, let name): "seccomp \(name)"
        case .apparmor(let profile): "apparmor \(profile)"
        }
    }
}

extension MissingTarget: CustomStringConvertible {
    var description: String {
        switch self {
        case .fail: ""
        case .directories: " make directories"
        case .directoriesWithoutLinks: " make directories, no links"
        case .alike(let slot): " make like \(slot.name)"
        }
    }
}

private func octal(_ mode: UInt64) -> String { "0" + String(mode & 0o7777, radix: 8) }

private func limitText(_ value: UInt64) -> String { value == .max ? "unlimited" : String(value) }

private func quoted(_ texts: [String]) -> String {
    "[" + texts.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
}

private func propagationName(_ flags: UInt64) -> String {
    let recursive = flags & Propagation.recursive != 0 ? "r" : ""
    switch flags & ~Propagation.recursive {
    case Propagation.private: return recursive + "private"
    case Propagation.slave: return recursive + "slave"
    case Propagation.shared: return recursive + "shared"
    default: return recursive + "unbindable"
    }
}

/// `MS_…` flags of mount(2) for propagation.
enum Propagation {
    static let recursive: UInt64 = 1 << 14
    static let unbindable: UInt64 = 1 << 17
    static let `private`: UInt64 = 1 << 18
    static let slave: UInt64 = 1 << 19
    static let shared: UInt64 = 1 << 20
}
