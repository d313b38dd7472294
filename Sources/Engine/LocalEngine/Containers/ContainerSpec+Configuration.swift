internal import ContainerModel
internal import EngineModel
internal import ImageModel

extension ContainerSpec {
    /// The runtime's view of a configured container: image defaults applied, volumes and namespaces already resolved.
    ///
    /// - Parameters:
    ///   - layers: the image's unpacked layers, topmost first.
    ///   - directory: the container's own directory, with `upper` and `work` in it.
    ///   - mounts: what ``MountResolver`` made of the configuration's mounts.
    ///   - inheritedHostname: that of the host or container whose network is shared; nil with a network of its own.
    init(
        id: String, configuration: ContainerConfiguration, process defaults: ProcessDefaults, layers: [String],
        directory: String, mounts: [MountSpec], inheritedHostname: String?
    ) throws(EngineError) {
        let security = try SecurityOptions(configuration.securityOpt, container: configuration.name)
        var process = ProcessSpec(
            arguments: defaults.arguments, environment: defaults.environment,
            workingDirectory: defaults.workingDirectory, user: defaults.user)
        process.additionalGroups = configuration.groupAdd
        process.terminal = configuration.terminal
        process.capabilitiesAdded = configuration.capAdd.map(CapabilityName.short)
        process.capabilitiesDropped = configuration.capDrop.map(CapabilityName.short)
        process.noNewPrivileges = security.noNewPrivileges
        process.seccomp = security.seccomp
        if configuration.privileged && security.seccomp == .builtin { process.seccomp = .unconfined }
        process.apparmorProfile = security.apparmorProfile
        process.rlimits = configuration.ulimits
        process.oomScoreAdjustment = configuration.oomScoreAdj

        let root = RootFilesystem(
            lowerDirectories: layers, upperDirectory: directory + "/upper", workDirectory: directory + "/work",
            readOnly: configuration.readOnlyRoot)
        self.init(id: id, name: configuration.name, root: root, process: process, directory: directory)

        if let hostname = configuration.hostname.nonEmpty ?? inheritedHostname { self.hostname = hostname }
        domainname = configuration.domainname.nonEmpty
        self.mounts = mounts
        namespaces.pid = configuration.pid
        namespaces.ipc = configuration.ipc
        namespaces.hasNoSharedMemory = configuration.hasNoSharedMemory
        namespaces.uts = configuration.uts
        namespaces.cgroup = configuration.cgroup
        namespaces.network = NamespaceMode(configuration.networkMode)
        resources = configuration.resources
        devices = configuration.devices
        deviceCgroupRules = configuration.deviceCgroupRules
        sysctls = configuration.sysctls
        shmSize = configuration.shmSize.map { UInt64(max(0, $0)) }
        initProcess = configuration.initProcess
        privileged = configuration.privileged
        unconfinedSystemPaths = security.unconfinedSystemPaths
        cgroupParent = configuration.cgroupParent.nonEmpty
    }
}

extension NamespaceMode {
    init(_ mode: NetworkMode) {
        switch mode {
        case .networks, .none: self = .own
        case .host: self = .host
        case .container(let id): self = .container(id)
        }
    }
}
