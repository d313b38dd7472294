internal import ComposeModel
internal import ContainerModel
internal import EngineModel
internal import Glibc
internal import ImageBuilder
internal import ImageModel
internal import LinuxSystem
internal import Primitives
internal import Reconciler

/// What the command line adds to the `build` of services.
struct BuildOverrides: Sendable {
    var arguments: [String: String] = [:]
    var noCache = false
    var pull = false
    var ssh: [SSHKey] = []
    /// One image for the platform that its service runs on (`up`, `run`), not one for each platform.
    var onePlatform = true

    init() {}
}

/// Makes build requests from services: every attribute of Compose's `build`. What cannot be done is an error that names
/// the attribute.
struct ServiceBuild {
    let project: Project
    let service: Service
    let build: BuildConfig
    let overrides: BuildOverrides
    /// Images of the services that were built before, by service.
    let results: [String: String]

    init(
        _ project: Project, _ service: Service, _ build: BuildConfig, _ overrides: BuildOverrides,
        results: [String: String] = [:]
    ) {
        self.project = project
        self.service = service
        self.build = build
        self.overrides = overrides
        self.results = results
    }

    func request() throws(CommandError) -> BuildRequest {
        var request = BuildRequest(context: try context(build.context ?? ".", "context"))
        request.dockerfile = dockerfile(request.context)
        request.arguments = arguments()
        request.target = build.target
        request.labels = build.labels.merging(buildLabels(of: service, in: project)) { $1 }
        request.tags = try tags()
        request.noCache = build.noCache || overrides.noCache
        request.pull = build.pull || overrides.pull
        request.platform = try platform()
        request.extraHosts = build.extraHosts.sorted { $0.key < $1.key }.flatMap { name, addresses in
            addresses.map { "\(name):\($0)" }
        }
        request.shmSize = build.shmSize
        request.ulimits = build.ulimits.sorted { $0.key < $1.key }
            .map { Ulimit(name: $0.key, soft: $0.value.soft, hard: $0.value.hard) }
        for (name, text) in build.additionalContexts {
            request.namedContexts[name] = try context(text, "additional_contexts.\(name)")
        }
        try addSecrets(to: &request)
        try addAccess(to: &request)
        do throws(CommandError) {
            request.cacheFrom = try build.cacheFrom.map { text throws(CommandError) in try CacheLocation(words: text) }
            request.cacheTo = try build.cacheTo.map { text throws(CommandError) in try CacheLocation(words: text) }
        } catch {
            throw failure("cache_from, cache_to", error.message, hint: error.hint)
        }
        request.environment = project.environment
        return request
    }

    private func failure(_ attribute: String, _ reason: String, hint: String = "") -> CommandError {
        CommandError("service \"\(service.name)\": build.\(attribute): \(reason)", hint: hint)
    }

    // MARK: Context and Dockerfile

    private func context(_ text: String, _ attribute: String) throws(CommandError) -> ContextSource {
        let meaning: ContextWords.Meaning
        do throws(CommandError) {
            meaning = try ContextWords.meaning(of: text)
        } catch {
            throw failure(attribute, error.message, hint: error.hint)
        }
        switch meaning {
        case .service(let name):
            guard let id = results[name] else { throw failure(attribute, "service \"\(name)\" was not built") }
            return .build(id: id)
        case .source(.directory(let path)):
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw CommandError("unable to prepare context: path \"\(path)\" not found")
            }
            return .directory(path)
        case .source(let source): return source
        }
    }

    /// A path out of the context is one of the host.
    private func dockerfile(_ context: ContextSource) -> DockerfileSource {
        if let text = build.dockerfileInline { return .text(text) }
        let path = build.dockerfile ?? "Dockerfile"
        guard case .directory(let directory) = context else { return .inContext(path) }
        return DockerfileSource(path, in: directory, relativeTo: directory)
    }

    // MARK: Values

    private func arguments() -> [String: String] {
        var result: [String: String] = [:]
        for (name, value) in build.args {
            if let value = value ?? project.environment[name] { result[name] = value }
        }
        if let epoch = project.environment["SOURCE_DATE_EPOCH"], !epoch.isEmpty { result["SOURCE_DATE_EPOCH"] = epoch }
        return result.merging(overrides.arguments) { $1 }
    }

    private func tags() throws(CommandError) -> [ImageReference] {
        var tags: [ImageReference] = []
        for tag in build.tags + [project.imageReference(of: service)] {
            do {
                let reference = try ImageReference(tag)
                if !tags.contains(reference) { tags.append(reference) }
            } catch {
                throw failure("tags", "\(error)")
            }
        }
        return tags
    }

    /// The one platform that is built for; nil is the machine's own. There is no emulation: others are refused.
    private func platform() throws(CommandError) -> Platform? {
        let fallback = project.environment["DOCKER_DEFAULT_PLATFORM"].flatMap { $0.isEmpty ? nil : $0 }
        var wanted = build.platforms
        if let platform = service.platform ?? fallback {
            if !wanted.isEmpty && !wanted.contains(platform) {
                throw CommandError(
                    service.platform == nil
                        ? "service \"\(service.name)\" build.platforms does not support value set by "
                            + "DOCKER_DEFAULT_PLATFORM: \(platform)"
                        : "service \"\(service.name)\" build configuration does not support platform: \(platform)")
            }
            if overrides.onePlatform || wanted.isEmpty { wanted = [platform] }
        }
        // Where one image is needed and several platforms are possible, the builder may choose.
        if overrides.onePlatform && wanted.count > 1 { return nil }
        for text in wanted {
            let platform: Platform
            do throws(GrammarError) {
                platform = try Platform(parsing: text)
            } catch {
                throw failure("platforms", error.description)
            }
            if !platform.runsHere {
                throw failure(
                    "platforms", "\(text) cannot be built on this machine, which is \(Platform.host)",
                    hint: "there is no emulation: build for \(Platform.host) or on a machine of that platform")
            }
        }
        return try wanted.first.map { text throws(CommandError) in try BuildWords.platform(text) }
    }

    // MARK: Access

    private func addSecrets(to request: inout BuildRequest) throws(CommandError) {
        for reference in build.secrets {
            let id = reference.target ?? reference.source
            guard let secret = project.secrets[reference.source] else {
                throw failure("secrets", "there is no secret \"\(reference.source)\"")
            }
            if let file = secret.file {
                request.secrets.append(BuildSecret(id: id, source: .file(file)))
            } else if let variable = secret.environment {
                guard let value = secret.content ?? project.environment[variable] else {
                    throw failure("secrets", "the variable \(variable) of \"\(reference.source)\" is not set")
                }
                request.secrets.append(BuildSecret(id: id, source: .content(Array(value.utf8))))
            } else if let content = secret.content {
                request.secrets.append(BuildSecret(id: id, source: .content(Array(content.utf8))))
            } else {
                throw failure("secrets", "\"\(reference.source)\" is external: it has neither file nor environment")
            }
        }
    }

    private func addAccess(to request: inout BuildRequest) throws(CommandError) {
        switch build.network {
        case nil, "", "default": request.network = .standard
        case "none": request.network = .none
        case "host":
            request.network = .host
            request.entitlements.insert("network.host")
        case let name?:
            if name.hasPrefix("container:") || name.hasPrefix("service:") {
                throw failure("network", "\"\(name)\" is not supported: it is none, host or the name of a network")
            }
            request.network = .named(name)
        }
        for entitlement in build.entitlements {
            guard ["network.host", "security.insecure"].contains(entitlement) else {
                throw failure(
                    "entitlements", "\"\(entitlement)\" is unknown", hint: "they are network.host, security.insecure")
            }
            request.entitlements.insert(entitlement)
        }
        if build.privileged {
            request.privileged = true
            request.entitlements.insert("security.insecure")
        }
        for key in build.ssh + overrides.ssh {
            do throws(CommandError) {
                request.ssh.append(try BuildSSH(key, environment: project.environment))
            } catch {
                throw failure("ssh", error.message, hint: error.hint)
            }
        }
    }
}

extension DockerfileSource {
    /// A Dockerfile named by a path: within the context's directory if it is there, else a file of the host.
    init(_ path: String, in context: String, relativeTo base: String) {
        let full = cleanPath("/" + (path.hasPrefix("/") ? path : "\(base)/\(path)"))
        let root = cleanPath("/" + context)
        let prefix = root == "/" ? "/" : root + "/"
        self = full.hasPrefix(prefix) ? .inContext(String(full.dropFirst(prefix.count))) : .hostFile(full)
    }
}

extension BuildSSH {
    /// `default`, `ID`, `ID=SOCKET`, `ID=KEY[,KEY…]`; without a path the agent of SSH_AUTH_SOCK.
    init(_ key: SSHKey, environment: [String: String]) throws(CommandError) {
        guard let text = key.path ?? environment["SSH_AUTH_SOCK"], !text.isEmpty else {
            throw CommandError(
                "\"\(key.id)\" needs an agent, and SSH_AUTH_SOCK is not set",
                hint: "start one with ssh-agent, or name a private key with \(key.id)=PATH")
        }
        var keys: [String] = []
        let paths = text.split(separator: ",").map(String.init)
        for path in paths {
            var status = stat()
            guard stat(path, &status) == 0 else { throw CommandError("\(path) does not exist") }
            switch status.st_mode & S_IFMT {
            case S_IFSOCK where paths.count == 1:
                self.init(id: key.id, source: .socket(path))
                return
            case S_IFREG: keys.append(path)
            default: throw CommandError("\(path) is neither an agent's socket nor a private key")
            }
        }
        self.init(id: key.id, source: .keys(keys))
    }
}
