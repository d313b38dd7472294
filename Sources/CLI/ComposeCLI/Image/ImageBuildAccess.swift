internal import ArgumentParser
internal import ComposeModel
internal import EngineModel
internal import ImageBuilder
internal import ImageModel
internal import Primitives

/// Options of `docker build` about what the programs of a build may reach.
struct ImageBuildAccess: ParsableArguments {
    @Option(help: "Add a custom host-to-IP mapping (format: \"host:ip\")")
    var addHost: [String] = []
    @Option(help: "Allow extra privileged entitlement (e.g., \"network.host\", \"security.insecure\")")
    var allow: [String] = []
    @Option(help: "Set the parent cgroup for the \"RUN\" instructions during build")
    var cgroupParent: String?
    @Option(help: "Set the networking mode for the \"RUN\" instructions during build")
    var network: String?
    @Option(help: "Secret to expose to the build (format: \"id=mysecret[,src=/local/secret]\")")
    var secret: [String] = []
    @Option(help: "Shared memory size for build containers")
    var shmSize: String?
    @Option(help: "SSH agent socket to expose to the build (format: \"default|<id>[=<socket>]\")")
    var ssh: [String] = []
    @Option(help: "Ulimit options")
    var ulimit: [String] = []

    func apply(to request: inout BuildRequest, _ context: CommandContext) throws {
        request.extraHosts = try addHost.map { word in
            guard let separator = word.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
                throw CommandError("invalid --add-host \"\(word)\": it is HOST:ADDRESS")
            }
            return "\(word[..<separator]):\(word[word.index(after: separator)...])"
        }
        for entitlement in allow.flatMap({ $0.split(separator: ",").map(String.init) }) {
            guard ["network.host", "security.insecure"].contains(entitlement) else {
                throw CommandError(
                    "--allow \"\(entitlement)\" is unknown", hint: "it is network.host or security.insecure")
            }
            request.entitlements.insert(entitlement)
        }
        request.cgroupParent = cgroupParent
        switch network {
        case nil, "default": break
        case "none": request.network = .none
        case "host": request.network = .host
        case let name?: request.network = .named(name)
        }
        if let shmSize { request.shmSize = try BuildWords.bytes(shmSize, "--shm-size") }
        request.ulimits = try ulimit.map { try BuildWords.ulimit($0) }
        request.secrets = try secret.map {
            try BuildWords.secret($0, environment: context.environment, workingDirectory: context.workingDirectory)
        }
        for word in ssh {
            let pair = Assignment(parsing: word)
            let key = SSHKey(id: pair.name, path: pair.value)
            request.ssh.append(try BuildSSH(key, environment: context.environment))
        }
    }
}
