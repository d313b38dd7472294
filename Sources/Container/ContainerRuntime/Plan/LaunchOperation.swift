internal import CLaunch
internal import LinuxSystem

/// A place for a descriptor in the child, with a name for printing.
struct Slot: Sendable, Hashable {
    let index: Int32
    let name: String

    static let none = Slot(index: -1, name: "-")
}

/// One thing the child does; see the kinds in `CLaunch.h`. Paths "in" a slot are resolved below it and cannot leave it.
enum LaunchOperation: Sendable, Hashable {
    case namespace(Namespaces)
    case mount(Mount)
    case file(File)
    case process(Process)
    case rights(Rights)

    enum Namespaces: Sendable, Hashable {
        case join(Slot, flags: UInt64)
        case new(flags: UInt64)
        case hostname(String)
        case domainname(String)
        case loopbackUp
    }

    enum Mount: Sendable, Hashable {
        case new(Slot, type: String, options: [MountOption], attributes: MountAttributes)
        /// By mount(2), for kernels whose fsopen(2) does not know an option.
        case classic(type: String, target: String, flags: UInt64, data: String)
        case cloneTree(Slot, path: String, below: Slot, recursive: Bool)
        /// The procfs that is mounted at `/proc` of the present mount namespace.
        case cloneProc(Slot)
        case setAttributes(Slot, set: MountAttributes, clear: MountAttributes, propagation: UInt64, recursive: Bool)
        case attach(Slot, on: Slot, coversProc: Bool)
        case propagation(path: String, flags: UInt64)
        case mask(String, in: Slot, null: Slot)
        case readOnlyPath(String, in: Slot)
        case pivot(Slot)
    }

    enum File: Sendable, Hashable {
        case open(Slot, path: String, in: Slot, flags: Int32)
        case resolve(Slot, path: String, in: Slot, missing: MissingTarget)
        case writeSlot(Slot, text: String)
        case writeProc(path: String, text: String)
        case makeNode(String, in: Slot, mode: UInt64, device: UInt64, owner: UInt64)
        case makeFile(String, in: Slot, content: [UInt8], mode: UInt64, owner: UInt64)
        case makeLink(String, to: String, in: Slot)
        case hostDirectory(String, mode: UInt64)
        case sysctl(path: String, value: String, in: Slot)
        case workingDirectory(String, make: Bool)
    }

    enum Process: Sendable, Hashable {
        case newSession
        case keyring(String)
        case resetSignals
        case resetScheduling
        case terminal(Slot, devpts: Slot, sendTo: Slot, size: TerminalSize?, owner: UInt32)
        case console(Slot, in: Slot)
        case controllingTerminal(Slot)
        case stream(Int, Slot, owner: UInt32)
        case umask(UInt64)
        case closeOnExec
        /// Runs a program beside the launch and waits for it; its output goes to the slot.
        case hook(path: String, arguments: [String], environment: [String], input: [UInt8], output: Slot, seconds: Int)
        case forkInit(terminal: Bool)
        /// Ends the use of the host's program; enters the pid namespace, where standard input may be the terminal.
        case lastProgram(terminal: Bool)
        case execute(candidates: [String], arguments: [String], environment: [String])
    }

    enum Rights: Sendable, Hashable {
        case limit(resource: UInt64, name: String, soft: UInt64, hard: UInt64)
        case notDumpable
        case bounding(CapabilitySet)
        case identity(uid: UInt32, gid: UInt32, groups: [UInt32])
        case capabilities(CapabilitySet)
        case noNewPrivileges
        case seccomp(filter: [UInt8], name: String)
        case apparmor(String)
    }
}

/// What happens when a path to resolve does not exist.
enum MissingTarget: Sendable, Hashable {
    case fail
    case directories
    case directoriesWithoutLinks
    /// A directory or an empty file, as that is.
    case alike(Slot)
}

/// One operation with what it is for.
struct LaunchStep: Sendable, Hashable {
    enum Tolerance: Sendable, Hashable {
        case none
        /// A file that is missing is no failure.
        case missing
        case all
    }

    var operation: LaunchOperation
    /// Fits after "cannot": `mount volume "data" at /srv`.
    var purpose: String
    var tolerance: Tolerance
}
