import YAML

/// Says where an attribute belongs that stands in a wrong place.
enum Misplaced {
    private static let elsewhere = [
        "replicas": "deploy.replicas", "resources": "deploy.resources", "restart_policy": "deploy.restart_policy",
        "placement": "deploy.placement", "update_config": "deploy.update_config", "limits": "deploy.resources.limits",
        "reservations": "deploy.resources.reservations", "dockerfile": "build.dockerfile", "context": "build.context",
        "args": "build.args", "driver_opts": "the network or volume", "interval": "healthcheck.interval",
        "retries": "healthcheck.retries", "test": "healthcheck.test", "memory": "deploy.resources.limits.memory",
        "aliases": "networks.NAME.aliases", "ipv4_address": "networks.NAME.ipv4_address",
    ]
    private static let others = [
        "env": "environment", "envs": "environment", "cmd": "command", "name": "container_name",
        "depends": "depends_on", "requires": "depends_on", "memory_limit": "mem_limit",
        "working_directory": "working_dir",
        "workdir": "working_dir", "health_check": "healthcheck", "health": "healthcheck", "mounts": "volumes",
        "dockerfile_path": "build.dockerfile", "after": "depends_on", "host": "hostname", "capabilities": "cap_add",
    ]

    static func place(of entry: Mapping.Entry, path: [String]) -> String? {
        if path.isEmpty {
            let attributes = ["image", "build", "ports", "command", "volumes", "environment"]
            if attributes.contains(where: { entry.value[$0] != nil }) { return "services belong below \"services:\"" }
            return nil
        }
        guard path.count == 2, path[0] == "services" else { return nil }
        if let name = others[entry.key] { return "did you mean \(name)?" }
        return elsewhere[entry.key].map { "it belongs in \($0)" }
    }
}
