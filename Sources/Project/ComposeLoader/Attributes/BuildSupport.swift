/// The attributes of `build` and `develop`.
extension AttributeSupport {
    static let build = rows(buildTable)
    static let develop = rows(developTable)

    private static let request = "ComposeCLI/ServiceBuild"

    private static let buildTable: KeyValuePairs<String, Support> = [
        "services.*.build": .acted(by: request),
        "services.*.build.additional_contexts": .acted(by: request),
        "services.*.build.args": .acted(by: request),
        "services.*.build.cache_from": .acted(by: "ImageBuilder/CacheImport"),
        "services.*.build.cache_to": .acted(by: "ImageBuilder/Build+Export"),
        "services.*.build.context": .acted(by: "ImageBuilder/BuildContexts"),
        "services.*.build.dockerfile": .acted(by: "ImageBuilder/DockerfileText"),
        "services.*.build.dockerfile_inline": .acted(by: request),
        "services.*.build.entitlements": .acted(by: "ImageBuilder/StagePlanning+Run"),
        "services.*.build.extra_hosts": .acted(by: "ImageBuilder/LayerExecutor+Run"),
        "services.*.build.isolation": .recorded(
            "builds are always isolated by namespaces", .warned("is for Windows", .otherThan(["default"]))),
        "services.*.build.labels": .acted(by: request),
        "services.*.build.network": .acted(by: "ImageBuilder/LayerExecutor+Run"),
        "services.*.build.no_cache": .acted(by: "ImageBuilder/StagePlanning"),
        "services.*.build.platforms": .acted(by: request),
        "services.*.build.privileged": .acted(by: "ImageBuilder/LayerExecutor+Run"),
        "services.*.build.provenance": .warned("is ignored: builds are not attested"),
        "services.*.build.pull": .acted(by: "ImageBuilder/ImageBuilder+Registry"),
        "services.*.build.sbom": .warned("is ignored: builds are not attested"),
        "services.*.build.secrets": .acted(by: "ImageBuilder/LayerExecutor+Run"),
        "services.*.build.secrets.[].gid": .warned("is ignored: RUN --mount=type=secret sets it"),
        "services.*.build.secrets.[].mode": .warned("is ignored: RUN --mount=type=secret sets it"),
        "services.*.build.secrets.[].source": .asAbove,
        "services.*.build.secrets.[].target": .asAbove,
        "services.*.build.secrets.[].uid": .warned("is ignored: RUN --mount=type=secret sets it"),
        "services.*.build.shm_size": .acted(by: "ImageBuilder/LayerExecutor+Run"),
        "services.*.build.ssh": .acted(by: "ImageBuilder/KeyAgent"),
        "services.*.build.tags": .acted(by: "ImageBuilder/Build+Export"),
        "services.*.build.target": .acted(by: "ImageBuilder/Planner"),
        "services.*.build.ulimits": .acted(by: "ImageBuilder/LayerExecutor+Run"),
        "services.*.build.ulimits.*.hard": .asAbove,
        "services.*.build.ulimits.*.soft": .asAbove,
    ]

    private static let developTable: KeyValuePairs<String, Support> = [
        "services.*.develop": .acted(by: "ComposeCLI/Watcher"),
        "services.*.develop.watch": .asAbove,
        "services.*.develop.watch.[].action": .asAbove,
        "services.*.develop.watch.[].exec": .asAbove,
        "services.*.develop.watch.[].exec.command": .asAbove,
        "services.*.develop.watch.[].exec.environment": .asAbove,
        "services.*.develop.watch.[].exec.privileged": .asAbove,
        "services.*.develop.watch.[].exec.user": .asAbove,
        "services.*.develop.watch.[].exec.working_dir": .asAbove,
        "services.*.develop.watch.[].ignore": .acted(by: "ComposeCLI/WatchRule"),
        "services.*.develop.watch.[].include": .acted(by: "ComposeCLI/WatchRule"),
        "services.*.develop.watch.[].initial_sync": .asAbove,
        "services.*.develop.watch.[].path": .acted(by: "ComposeCLI/TreeWatch"),
        "services.*.develop.watch.[].target": .acted(by: "ComposeCLI/WatchRule"),
    ]
}
