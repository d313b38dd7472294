import ComposeModel
import YAML

/// Reads `build` and `develop`.
enum DecodeBuild {
    @Sendable static func read(_ node: Node, _ decoder: Decoder) throws(LoadFailure) -> BuildConfig? {
        try DecodeProject.read(BuildConfig(), node, decoder, attributes, \.extensions)
    }

    private static let attributes: Attributes<BuildConfig> = [
        "context": text(\.context), "dockerfile": text(\.dockerfile), "dockerfile_inline": text(\.dockerfileInline),
        "entitlements": strings(\.entitlements), "args": variables(\.args), "provenance": text(\.provenance),
        "sbom": text(\.sbom), "labels": mapping(\.labels), "cache_from": strings(\.cacheFrom),
        "cache_to": strings(\.cacheTo), "no_cache": boolean(\.noCache),
        "additional_contexts": mapping(\.additionalContexts), "pull": boolean(\.pull),
        "extra_hosts": hosts(\.extraHosts), "isolation": text(\.isolation), "network": text(\.network),
        "target": text(\.target), "secrets": list(\.secrets, ServiceParts.reference), "shm_size": size(\.shmSize),
        "tags": strings(\.tags), "ulimits": map(\.ulimits, ServiceParts.ulimit), "platforms": strings(\.platforms),
        "privileged": boolean(\.privileged),
        "ssh": object(\.ssh) { node, _ in
            (node.mapping?.entries ?? []).sorted { $0.key < $1.key }
                .map { SSHKey(id: $0.key, path: $0.value.isNull ? nil : $0.value.text) }
        },
    ]

    static let develop: Attributes<DevelopConfig> = [
        "watch": list(\.watch) { node, decoder throws(LoadFailure) in
            try DecodeProject.read(WatchTrigger(path: "", action: .rebuild), node, decoder, trigger, \.extensions)
        }
    ]

    private static let trigger: Attributes<WatchTrigger> = [
        "path": text(\.path),
        "action": object(\.action) { node, decoder throws(LoadFailure) in
            guard let action = WatchTrigger.Action(rawValue: try decoder.text(node)) else {
                throw decoder.failure("\"\(node.text)\" is not an action", node)
            }
            return action
        },
        "target": text(\.target), "include": strings(\.include), "ignore": strings(\.ignore),
        "initial_sync": boolean(\.initialSync),
        "exec": object(\.exec) { node, decoder throws(LoadFailure) in try ServiceParts.hook(node, decoder) },
    ]
}
