internal import CLaunch
internal import LinuxSystem

/// What the cloned child does, step by step, until it is the container's process.
///
/// A value: it is made without rights, prints as a readable list, and is the same for the same spec.
public struct LaunchPlan: Sendable, CustomStringConvertible {
    /// A descriptor the launcher has to bring along.
    enum Outside: Sendable, Hashable {
        case failurePipe
        case stream(Int)
        case consoleSocket
        case networkNamespace
        /// A pidfd of that container's process 1.
        case container(String)
        case pidfd(ProcessIdentity)
        /// A file of cgroups to be opened for writing, or a cgroup directory.
        case cgroup(String)
        case ownMountNamespace
    }

    /// The container's or exec's id: names the exit record.
    var tag: String
    /// For messages.
    var containerName: String
    var recordsExit: Bool
    /// New namespaces of the clone (`CLONE_NEW…`).
    var cloneFlags: UInt64 = 0
    var outside: [(descriptor: Outside, slot: Slot)] = []
    var pidNamespace = Slot.none
    var cgroupDirectory = Slot.none
    var steps: [LaunchStep] = []
    private var slotCount: Int32 = 0
    private var slotsAreFixed = false

    init(tag: String, containerName: String, recordsExit: Bool) {
        self.tag = tag
        self.containerName = containerName
        self.recordsExit = recordsExit
        _ = bring(.failurePipe, name: "failure")
    }

    /// The slot of a descriptor from outside. All of these come before the first ``newSlot(_:)``.
    mutating func bring(_ descriptor: Outside, name: String) -> Slot {
        if let known = outside.first(where: { $0.descriptor == descriptor }) { return known.slot }
        precondition(!slotsAreFixed, "descriptors from outside come first")
        let slot = Slot(index: slotCount, name: name)
        slotCount += 1
        outside.append((descriptor, slot))
        return slot
    }

    mutating func newSlot(_ name: String) -> Slot {
        slotsAreFixed = true
        defer { slotCount += 1 }
        return Slot(index: slotCount, name: name)
    }

    mutating func add(_ operation: LaunchOperation, _ purpose: String, tolerating: LaunchStep.Tolerance = .none) {
        steps.append(LaunchStep(operation: operation, purpose: purpose, tolerance: tolerating))
    }

    /// One line for the clone, then one for each operation.
    public var description: String {
        var lines = ["clone \(namespaceNames(cloneFlags).joined(separator: " "))"]
        if cgroupDirectory != .none { lines.append("into cgroup \(cgroupDirectory.name)") }
        if pidNamespace != .none { lines.append("into pid namespace of \(pidNamespace.name)") }
        for step in steps {
            var line = step.operation.description
            switch step.tolerance {
            case .none: break
            case .missing: line += " (if there)"
            case .all: line += " (if possible)"
            }
            lines.append(line)
        }
        return lines.joined(separator: "\n")
    }
}

/// The names of `CLONE_NEW…` flags.
func namespaceNames(_ flags: UInt64) -> [String] {
    let names: [(UInt64, String)] = [
        (Namespace.mount, "mount"), (Namespace.pid, "pid"), (Namespace.network, "network"), (Namespace.ipc, "ipc"),
        (Namespace.uts, "uts"), (Namespace.cgroup, "cgroup"),
    ]
    return names.filter { flags & $0.0 != 0 }.map(\.1)
}

/// `CLONE_NEW…` (clone(2)).
enum Namespace {
    static let mount = UInt64(CLONE_NEWNS)
    static let cgroup = UInt64(CLONE_NEWCGROUP)
    static let uts = UInt64(CLONE_NEWUTS)
    static let ipc = UInt64(CLONE_NEWIPC)
    static let pid = UInt64(CLONE_NEWPID)
    static let network = UInt64(CLONE_NEWNET)
}
