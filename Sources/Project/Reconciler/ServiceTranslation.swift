public import ComposeModel
public import Engine

/// Turns services of a project into what the engine makes containers from.
///
/// Pure but for `readFile`: the same project gives the same configurations. Containers of other services are referred
/// to by the name of their first replica, which exists by the time the engine looks.
public struct ServiceTranslation {
    let project: Project
    /// The text of a file on the host, for seccomp profiles.
    let readFile: (String) throws(EngineError) -> String

    public init(_ project: Project, readFile: @escaping (String) throws(EngineError) -> String) {
        self.project = project
        self.readFile = readFile
    }

    /// What could be translated, and what of it the user should know.
    public struct Result {
        public var configuration: ContainerConfiguration
        public var warnings: [String]
    }

    /// - Parameters:
    ///   - name: the container's name.
    ///   - image: the reference or id to make it from.
    ///   - labels: Compose's own, which win over the service's.
    public func configuration(
        of service: Service, name: String, image: String, labels: [String: String]
    ) throws(EngineError) -> Result {
        var configuration = ContainerConfiguration(name: name, image: image)
        var warnings: [String] = []
        configuration.labels = service.labels.merging(labels) { $1 }
        configuration.annotations = service.annotations
        try addProcess(service, to: &configuration)
        try addStorage(service, to: &configuration, &warnings)
        try addNetworking(service, to: &configuration)
        try addIsolation(service, to: &configuration)
        configuration.resources = resources(of: service)
        return Result(configuration: configuration, warnings: warnings)
    }

    private func addProcess(_ service: Service, to configuration: inout ContainerConfiguration) throws(EngineError) {
        configuration.command = service.command
        configuration.entrypoint = service.entrypoint
        configuration.environment = service.environment
        configuration.workingDirectory = service.workingDir
        configuration.user = service.user
        configuration.groupAdd = service.groupAdd
        configuration.hostname = service.hostname
        configuration.domainname = service.domainname
        configuration.terminal = service.tty
        configuration.openStdin = service.stdinOpen
        configuration.initProcess = service.initProcess ?? false
        configuration.stopSignal = service.stopSignal
        configuration.stopTimeout = service.stopGracePeriod.map { Int(($0 + 999_999_999) / 1_000_000_000) }
        configuration.restart = try restartPolicy(of: service)
        configuration.healthcheck = service.healthcheck.map(Healthcheck.init)
        configuration.ulimits = service.ulimits.sorted { $0.key < $1.key }.map {
            Ulimit(name: $0.key, soft: $0.value.soft, hard: $0.value.hard)
        }
        configuration.oomScoreAdj = service.oomScoreAdj.map(Int.init)
        if let logging = service.logging {
            configuration.logging = LogConfiguration(driver: logging.driver ?? "json-file", options: logging.options)
        }
    }

    private func addIsolation(_ service: Service, to configuration: inout ContainerConfiguration) throws(EngineError) {
        configuration.privileged = service.privileged
        configuration.capAdd = service.capAdd
        configuration.capDrop = service.capDrop
        configuration.readOnlyRoot = service.readOnly
        configuration.sysctls = service.sysctls
        configuration.deviceCgroupRules = service.deviceCgroupRules
        configuration.devices = service.devices.map {
            DeviceMapping(
                source: $0.source, target: $0.target ?? $0.source, permissions: $0.permissions ?? "rwm")
        }
        configuration.cgroupParent = service.cgroupParent
        configuration.storageOptions = service.storageOpt
        configuration.pid = try namespace(service.pid, "pid", service)
        configuration.ipc = try namespace(service.ipc, "ipc", service)
        configuration.uts = try namespace(service.uts, "uts", service)
        configuration.cgroup = try namespace(service.cgroup, "cgroup", service)
        if let mode = service.usernsMode, !mode.isEmpty, mode != "host" {
            throw invalid(service, "userns_mode \"\(mode)\" is not supported, only host")
        }
        configuration.securityOpt = try securityOptions(of: service)
    }

    /// A seccomp profile's path becomes its text: the engine need not see the user's files.
    private func securityOptions(of service: Service) throws(EngineError) -> [String] {
        var options: [String] = []
        for option in service.securityOpt {
            let parts = option.split(separator: option.contains("=") ? "=" : ":", maxSplits: 1)
            guard parts.count == 2, parts[0] == "seccomp", !["unconfined", "builtin"].contains(parts[1]) else {
                options.append(option)
                continue
            }
            let path = parts[1].hasPrefix("/") ? String(parts[1]) : "\(project.workingDirectory)/\(parts[1])"
            options.append("seccomp=\(try readFile(path))")
        }
        return options
    }

    private func namespace(_ mode: String?, _ key: String, _ service: Service) throws(EngineError) -> NamespaceMode {
        switch mode {
        case nil, "", "private", "shareable": return .own
        case "host": return .host
        case let mode?:
            if let container = sharedContainer(mode) { return .container(container) }
            throw invalid(service, "\(key) \"\(mode)\" is not known")
        }
    }

    /// The container that `service:NAME` or `container:NAME` means.
    func sharedContainer(_ reference: String) -> String? {
        if reference.hasPrefix("service:") { return firstContainer(of: String(reference.dropFirst(8))) }
        if reference.hasPrefix("container:") { return String(reference.dropFirst(10)) }
        return nil
    }

    /// The name of a service's first replica.
    func firstContainer(of service: String) -> String {
        project.services[service]?.containerName ?? ContainerNaming.name(project.name, service, 1)
    }

    private func restartPolicy(of service: Service) throws(EngineError) -> RestartPolicy {
        if let policy = service.deploy?.restartPolicy {
            switch policy.condition {
            case "none": return .no
            case "on-failure": return .onFailure(maximumRetries: Int(policy.maxAttempts ?? 0))
            default: return .always
            }
        }
        switch service.restart {
        case nil, "", "no": return .no
        case "always": return .always
        case "unless-stopped": return .unlessStopped
        case "on-failure": return .onFailure(maximumRetries: 0)
        case let policy?:
            if policy.hasPrefix("on-failure:"), let retries = Int(policy.dropFirst(11)), retries >= 0 {
                return .onFailure(maximumRetries: retries)
            }
            throw invalid(service, "restart \"\(policy)\" is not known, use no, always, on-failure[:N] or unless-stopped")
        }
    }

    func invalid(_ service: Service, _ reason: String) -> EngineError {
        EngineError(.invalid, "service \(service.name)", reason)
    }
}

extension Healthcheck {
    init(_ check: HealthcheckConfig) {
        self.init(
            test: check.disable ? ["NONE"] : check.test ?? [], interval: check.interval ?? 0,
            timeout: check.timeout ?? 0, startPeriod: check.startPeriod ?? 0, startInterval: check.startInterval ?? 0,
            retries: Int(check.retries ?? 0))
    }
}
