internal import ComposeModel
internal import ContainerModel
internal import EngineModel
internal import Primitives

/// Makes container configurations from services: every attribute of the Compose Specification that an engine has to
/// know. Those that nothing acts on are in the loader's `AttributeSupport`.
struct ServiceTranslation {
    let project: Project
    let names: ContainerNames
    private(set) var warnings: [String] = []

    init(_ project: Project, names: ContainerNames) {
        self.project = project
        self.names = names
    }

    /// The configuration of a service's containers, but for what belongs to one replica: name, aliases and number.
    mutating func configuration(of service: Service) throws(PlanFailure) -> ContainerConfiguration {
        var result = ContainerConfiguration(name: "", image: project.imageReference(of: service))
        result.labels = service.labels
        result.annotations = service.annotations
        result.command = service.command
        result.entrypoint = service.entrypoint
        result.environment = service.environment
        result.workingDirectory = service.workingDir
        result.user = service.user
        result.groupAdd = service.groupAdd
        result.hostname = service.hostname
        result.domainname = service.domainname
        result.terminal = service.tty
        result.openStdin = service.stdinOpen
        result.initProcess = service.initProcess ?? false
        result.stopSignal = service.stopSignal
        result.stopTimeout = service.stopGracePeriod.map { Int(($0.nanoseconds + 999_999_999) / 1_000_000_000) }
        result.restart = try restartPolicy(of: service)
        result.restartPacing = Self.restartPacing(of: service)
        result.healthcheck = service.healthcheck.map(Self.healthcheck)
        result.readOnlyRoot = service.readOnly
        result.shmSize = service.shmSize
        result.logging = LogConfiguration(
            driver: service.logging?.driver ?? "json-file", options: service.logging?.options ?? [:])
        result.storageOptions = service.storageOpt
        try addSecurity(of: service, to: &result)
        try addResources(of: service, to: &result)
        try addNetworking(of: service, to: &result)
        try addStorage(of: service, to: &result)
        return result
    }

    mutating func warn(_ text: String) {
        if !warnings.contains(text) { warnings.append(text) }
    }

    private func restartPolicy(of service: Service) throws(PlanFailure) -> RestartPolicy {
        if let policy = service.deploy?.restartPolicy, let condition = policy.condition {
            switch condition {
            case "none", "no": return .no
            case "on-failure": return .onFailure(maximumRetries: Int(policy.maxAttempts ?? 0))
            case "unless-stopped": return .unlessStopped
            default: return .always
            }
        }
        do throws(GrammarError) {
            return try RestartPolicy(parsing: service.restart ?? "no")
        } catch {
            throw PlanFailure(
                "service \"\(service.name)\": invalid restart policy \"\(error.text)\"",
                hint: "it is no, always, unless-stopped, on-failure or on-failure:N")
        }
    }

    private static func restartPacing(of service: Service) -> RestartPacing? {
        guard let policy = service.deploy?.restartPolicy, policy.delay != nil || policy.window != nil else {
            return nil
        }
        return RestartPacing(
            delayNanoseconds: policy.delay?.nanoseconds, windowNanoseconds: policy.window?.nanoseconds)
    }

    private static func healthcheck(_ check: HealthcheckConfig) -> Healthcheck {
        if check.disable { return Healthcheck(test: ["NONE"]) }
        return Healthcheck(
            test: check.test ?? [], interval: check.interval, timeout: check.timeout, startPeriod: check.startPeriod,
            startInterval: check.startInterval, retries: check.retries.map { Int($0) })
    }

    private func addSecurity(of service: Service, to result: inout ContainerConfiguration) throws(PlanFailure) {
        result.privileged = service.privileged
        result.capAdd = service.capAdd
        result.capDrop = service.capDrop
        result.securityOpt = service.securityOpt.map(withAbsoluteProfile)
        result.deviceCgroupRules = service.deviceCgroupRules
        addDevices(of: service, to: &result)
        result.sysctls = service.sysctls
        result.ulimits = service.ulimits.sorted { $0.key < $1.key }.map { name, limit in
            Ulimit(name: name, soft: limit.soft, hard: limit.hard)
        }
        result.oomScoreAdj = service.oomScoreAdj.map(Int.init)
        result.cgroupParent = service.cgroupParent
        result.pid = try namespace(service.pid, "pid", service)
        result.ipc = try namespace(service.ipc == "none" ? nil : service.ipc, "ipc", service)
        if service.ipc == "none" { result.hasNoSharedMemory = true }
        result.uts = try namespace(service.uts, "uts", service)
        result.cgroup = try namespace(service.cgroup, "cgroup", service)
    }

    /// A seccomp profile's file is named relative to the project's directory.
    private func withAbsoluteProfile(_ option: String) -> String {
        let parts = option.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "=" || $0 == ":" }
        guard parts.count == 2, parts[0] == "seccomp" else { return option }
        let value = String(parts[1])
        if value.isEmpty || value.hasPrefix("{") || ["unconfined", "builtin"].contains(value) { return option }
        if value.hasPrefix("/") { return "seccomp=\(value)" }
        if value.hasPrefix("~/"), let home = project.environment["HOME"] {
            return "seccomp=\(cleanPath(home + value.dropFirst()))"
        }
        return "seccomp=\(cleanPath(project.workingDirectory + "/" + value))"
    }

    private func namespace(
        _ mode: String?, _ attribute: String, _ service: Service
    ) throws(PlanFailure) -> NamespaceMode {
        switch mode {
        case nil, "", "private", "shareable": return .own
        case "host": return .host
        case let mode?:
            if let target = try container(sharedBy: mode, attribute, service) { return .container(target) }
            throw PlanFailure("service \"\(service.name)\": \(attribute) \"\(mode)\" is not supported")
        }
    }

    /// The container that `service:NAME` or `container:NAME` means; nil for another form.
    func container(sharedBy mode: String, _ attribute: String, _ service: Service) throws(PlanFailure) -> String? {
        if mode.hasPrefix("container:") { return String(mode.dropFirst(10)) }
        guard mode.hasPrefix("service:") else { return nil }
        let name = String(mode.dropFirst(8))
        guard let other = project.allServices[name] else {
            throw PlanFailure("service \"\(service.name)\": \(attribute) names the undefined service \"\(name)\"")
        }
        return names.first(of: other)
    }
}
