internal import ComposeLoader
internal import ComposeModel
internal import Primitives
internal import Reconciler
internal import TerminalUI

/// `build --print`: what is built as a file for `docker buildx bake`, in docker compose's form.
struct BakeFile {
    let text: String

    init(
        _ project: Project, _ builds: [SupplyPlan.Build], _ overrides: BuildOverrides, push: Bool, check: Bool
    ) throws(CommandError) {
        let names = builds.map(\.service).sorted()
        var targets: [JSONValue.Member] = []
        for name in names {
            guard let service = project.allServices[name], let build = service.build else { continue }
            let members = try Self.members(project, service, build, overrides, push, check)
            targets.append(JSONValue.Member(Self.target(name), .object(members)))
        }
        let file: JSONValue = [
            "group": ["default": ["targets": .array(names.map { .string(Self.target($0)) })]],
            "target": .object(targets),
        ]
        text = file.indented(by: "  ") + "\n"
    }

    /// Names of targets have no dots.
    private static func target(_ service: String) -> String {
        String(service.map { $0 == "." ? "_" : $0 })
    }

    private static func members(
        _ project: Project, _ service: Service, _ build: BuildConfig, _ overrides: BuildOverrides, _ push: Bool,
        _ check: Bool
    ) throws(CommandError) -> [JSONValue.Member] {
        let context = build.context ?? "."
        var members: [JSONValue.Member] = [.init("context", .string(context))]
        func add(_ name: String, _ map: [String: String]) {
            if map.isEmpty { return }
            members.append(.init(name, .object(map)))
        }
        func add(_ name: String, _ list: [String]) {
            if !list.isEmpty { members.append(.init(name, .array(list.map { .string($0) }))) }
        }
        func add(_ name: String, _ text: String?) {
            if let text, !text.isEmpty { members.append(.init(name, .string(text))) }
        }
        add(
            "contexts",
            build.additionalContexts.mapValues {
                $0.hasPrefix("service:") ? "target:\(target(String($0.dropFirst(8))))" : $0
            })
        let file = build.dockerfile ?? "Dockerfile"
        if build.dockerfileInline == nil {
            let local = !context.contains("://") && !ContextWords.isGit(context)
            add("dockerfile", local && !file.hasPrefix("/") ? "\(context)/\(file)" : file)
        }
        add("dockerfile-inline", build.dockerfileInline)
        var arguments: [String: String] = [:]
        for (name, value) in build.args { arguments[name] = value ?? project.environment[name] }
        add("args", arguments.merging(overrides.arguments) { $1 })
        add("labels", build.labels.merging(buildLabels(of: service, in: project)) { $1 })
        add("tags", build.tags + [project.imageReference(of: service)])
        add("cache-from", build.cacheFrom)
        add("cache-to", build.cacheTo)
        add("target", build.target)
        add(
            "secret",
            build.secrets.map { reference in
                let secret = project.secrets[reference.source]
                let id = reference.target ?? reference.source
                if let variable = secret?.environment { return "id=\(id),type=env,env=\(variable)" }
                return "id=\(id),type=file,src=\(secret?.file ?? "")"
            })
        add("ssh", (build.ssh + overrides.ssh).map { key in key.path.map { "\(key.id)=\($0)" } ?? key.id })
        add("platforms", build.platforms)
        if build.pull || overrides.pull { members.append(.init("pull", true)) }
        if build.noCache || overrides.noCache { members.append(.init("no-cache", true)) }
        add("network", build.network)
        add("shm-size", build.shmSize.map { "\($0)" })
        add("ulimits", build.ulimits.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.soft):\($0.value.hard)" })
        add("entitlements", build.entitlements + (build.privileged ? ["security.insecure"] : []))
        add("extra-hosts", build.extraHosts.mapValues { $0.joined(separator: ",") })
        if check { add("call", "lint") }
        add("output", [push && service.image != nil ? "type=registry" : "type=docker"])
        return members
    }
}
