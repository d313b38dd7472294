internal import ContainerModel
internal import Seccomp

/// The last steps of every process, of containers and of exec: streams, rights, program.
struct ProcessTail {
    struct Streams {
        var slots = [Slot.none, Slot.none, Slot.none]
        var console = Slot.none
    }

    let process: ProcessSpec
    let user: UserIdentity
    let capabilities: CapabilitySet
    var streams = Streams()
    var terminal = Slot.none
    var makesWorkingDirectory = false
    var forksInit = false
    var isPrivileged = false

    init(process: ProcessSpec, user: UserIdentity, capabilities: CapabilitySet) {
        self.process = process
        self.user = user
        self.capabilities = capabilities
    }

    static func bringStreams(
        for process: ProcessSpec, descriptors: LaunchDescriptors, to plan: inout LaunchPlan
    ) -> Streams {
        var streams = Streams()
        if process.terminal {
            streams.console = plan.bring(.consoleSocket, name: "console socket")
            return streams
        }
        let given = [descriptors.standardInput, descriptors.standardOutput, descriptors.standardError]
        let names = ["stdin", "stdout", "stderr"]
        for number in 0...2 where given[number] != nil {
            streams.slots[number] = plan.bring(.stream(number), name: names[number])
        }
        return streams
    }

    /// Makes what the launch ends with, before any limit is in force. Keepers that are older do not know it.
    static func addLastProgram(of process: ProcessSpec, to plan: inout LaunchPlan) {
        plan.add(
            .process(.lastProgram(terminal: process.terminal && plan.pidNamespace != .none)),
            "leave the host's program", tolerating: .all)
    }

    /// What has to be set while all rights are there.
    static func addLimits(
        of process: ProcessSpec, containerID: String, isPrivileged: Bool, environment: RuntimeEnvironment,
        to plan: inout LaunchPlan
    ) throws(RuntimeError) {
        let score = process.oomScoreAdjustment ?? 0
        guard (-1000...1000).contains(score) else {
            throw RuntimeError(.invalid, step: "set oom_score_adj to \(score)", reason: "it goes from -1000 to 1000")
        }
        plan.add(
            .file(.writeProc(path: "/proc/self/oom_score_adj", text: "\(score)")), "set oom_score_adj to \(score)",
            tolerating: process.oomScoreAdjustment == nil ? .all : .none)
        plan.add(.process(.resetScheduling), "reset scheduling")
        try ProcessLimits.add(process.rlimits, to: &plan)
        plan.add(.process(.keyring("_ses.\(containerID)")), "make a session keyring")
        let profile = try AppArmorHost.profile(
            wanted: process.apparmorProfile, isPrivileged: isPrivileged, host: environment.appArmor)
        if let profile {
            plan.add(.rights(.apparmor(profile)), "apply AppArmor profile \"\(profile)\"")
        }
    }

    func add(to plan: inout LaunchPlan, hostname: String) throws(RuntimeError) {
        let directory = process.workingDirectory.isEmpty ? "/" : process.workingDirectory
        guard directory.hasPrefix("/") else {
            throw RuntimeError(
                .invalid, step: "use working directory \"\(directory)\"", reason: "it has to be an absolute path")
        }
        plan.add(.process(.umask(0o022)), "set umask")
        plan.add(
            .file(.workingDirectory(directory, make: makesWorkingDirectory)), "change to working directory \(directory)"
        )
        // In a pid namespace that is joined the session belongs to the process that is born there.
        let isBornInside = plan.pidNamespace != .none
        if terminal != .none, !isBornInside {
            plan.add(.process(.controllingTerminal(terminal)), "take the terminal")
        }
        for number in 0...2 {
            let slot = terminal == .none ? streams.slots[number] : terminal
            plan.add(.process(.stream(number, slot, owner: user.uid)), "set up standard streams")
        }
        plan.add(.process(.closeOnExec), "close descriptors")
        if process.noNewPrivileges { plan.add(.rights(.noNewPrivileges), "set no_new_privs") }
        plan.add(.rights(.bounding(capabilities)), "drop capabilities")
        plan.add(
            .rights(.identity(uid: user.uid, gid: user.gid, groups: user.groups)), "become user \(user.uid):\(user.gid)"
        )
        if forksInit { plan.add(.process(.forkInit(terminal: terminal != .none)), "start the init process") }
        // The filter needs CAP_SYS_ADMIN or no_new_privs; after it only capset, prctl and execve are called, and what the
        // last program has a pass for.
        try addFilter(to: &plan)
        plan.add(.rights(.capabilities(user.uid == 0 ? capabilities : .none)), "drop capabilities")
        try addProgram(to: &plan, hostname: hostname)
    }

    private func addFilter(to plan: inout LaunchPlan) throws(RuntimeError) {
        let step = "load the seccomp profile"
        let profile: SeccompProfile
        do {
            switch process.seccomp {
            case .unconfined: return
            case .builtin:
                if isPrivileged { return }
                profile = .docker
            case .profile(let text): profile = try SeccompProfile(json: text)
            }
            let filter = try profile.filter(capabilities: capabilities.mask)
            plan.add(.rights(.seccomp(filter: filter, name: process.seccomp == .builtin ? "builtin" : "custom")), step)
        } catch {
            throw RuntimeError(.invalid, step: step, reason: "\(error)")
        }
    }

    private func addProgram(to plan: inout LaunchPlan, hostname: String) throws(RuntimeError) {
        guard let program = process.arguments.first, !program.isEmpty else {
            throw RuntimeError(.invalid, step: "start the container", reason: "there is no command to run")
        }
        guard !(process.arguments + process.environment).contains(where: { $0.utf8.contains(0) }) else {
            throw RuntimeError(
                .invalid, step: "run \(program)", reason: "a zero byte is in its arguments or environment")
        }
        let environment = completeEnvironment(hostname: hostname)
        let path = environment.last { $0.hasPrefix("PATH=") }?.dropFirst(5) ?? ""
        let candidates =
            program.contains("/")
            ? [program]
            : path.split(separator: ":", omittingEmptySubsequences: false).map {
                $0.isEmpty ? "./\(program)" : "\($0)/\(program)"
            }
        plan.add(
            .process(.execute(candidates: candidates, arguments: process.arguments, environment: environment)),
            "run \(program)")
    }

    /// Only what the spec says, and what every process may expect. Entries without a value are not looked up anywhere.
    private func completeEnvironment(hostname: String) -> [String] {
        var all = process.environment.filter { $0.contains("=") && !$0.hasPrefix("=") }
        let defaults = [
            ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"), ("HOSTNAME", hostname),
            ("TERM", process.terminal ? "xterm" : ""), ("HOME", user.home),
        ]
        for (name, value) in defaults where !value.isEmpty && !all.contains(where: { $0.hasPrefix("\(name)=") }) {
            all.append("\(name)=\(value)")
        }
        return all
    }
}
