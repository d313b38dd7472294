import ComposeModel
import YAML

/// Reads `deploy`, device requests and `blkio_config`.
enum DecodeDeploy {
    static let deploy: Attributes<DeployConfig> = [
        "mode": text(\.mode), "replicas": count(\.replicas), "labels": mapping(\.labels),
        "update_config": object(\.updateConfig, update), "rollback_config": object(\.rollbackConfig, update),
        "resources": object(\.resources) { node, decoder throws(LoadFailure) in
            try DecodeProject.read(DeployResources(), node, decoder, resources, \.extensions)
        },
        "restart_policy": object(\.restartPolicy) { node, decoder throws(LoadFailure) in
            try DecodeProject.read(DeployRestartPolicy(), node, decoder, restartPolicy, \.extensions)
        },
        "placement": object(\.placement) { node, decoder throws(LoadFailure) in
            try DecodeProject.read(Placement(), node, decoder, placement, \.extensions)
        },
        "endpoint_mode": text(\.endpointMode),
    ]

    @Sendable private static func update(_ node: Node, _ decoder: Decoder) throws(LoadFailure) -> UpdateConfig? {
        try DecodeProject.read(UpdateConfig(), node, decoder, update, \.extensions)
    }

    private static let update: Attributes<UpdateConfig> = [
        "parallelism": unsigned(\.parallelism), "delay": duration(\.delay, zero: false),
        "failure_action": text(\.failureAction), "monitor": duration(\.monitor, zero: false),
        "max_failure_ratio": number(\.maxFailureRatio), "order": text(\.order),
    ]

    private static let resources: Attributes<DeployResources> = [
        "limits": object(\.limits, resource), "reservations": object(\.reservations, resource),
    ]

    @Sendable private static func resource(_ node: Node, _ decoder: Decoder) throws(LoadFailure) -> ResourceConfig? {
        try DecodeProject.read(ResourceConfig(), node, decoder, resource, \.extensions)
    }

    private static let resource: Attributes<ResourceConfig> = [
        "cpus": number(\.cpus), "memory": size(\.memory), "pids": integer(\.pids),
        "devices": list(\.devices, deviceRequest),
        "generic_resources": list(\.genericResources) { node, decoder throws(LoadFailure) in
            try DecodeProject.read(GenericResource(), node, decoder, genericResource, \.extensions)
        },
    ]

    private static let genericResource: Attributes<GenericResource> = [
        "discrete_resource_spec": object(\.discrete) { node, decoder throws(LoadFailure) in
            try DecodeProject.read(
                GenericResource.Discrete(kind: "", value: 0), node, decoder, discrete, \.extensions)
        }
    ]

    private static let discrete: Attributes<GenericResource.Discrete> = [
        "kind": text(\.kind),
        "value": object(\.value) { node, decoder throws(LoadFailure) in try decoder.integer(node) },
    ]

    private static let restartPolicy: Attributes<DeployRestartPolicy> = [
        "condition": text(\.condition), "delay": duration(\.delay), "max_attempts": unsigned(\.maxAttempts),
        "window": duration(\.window),
    ]

    private static let placement: Attributes<Placement> = [
        "constraints": strings(\.constraints),
        "preferences": list(\.preferences) { node, decoder throws(LoadFailure) in
            try DecodeProject.read(Placement.Preference(), node, decoder, ["spread": text(\.spread)], \.extensions)
        },
        "max_replicas_per_node": unsigned(\.maxReplicasPerNode, zero: false),
    ]

    @Sendable static func deviceRequest(_ node: Node, _ decoder: Decoder) throws(LoadFailure) -> DeviceRequest {
        try DecodeProject.read(DeviceRequest(), node, decoder, deviceRequest, \.extensions)
    }

    private static let deviceRequest: Attributes<DeviceRequest> = [
        "capabilities": strings(\.capabilities), "driver": text(\.driver), "device_ids": strings(\.deviceIDs),
        "options": mapping(\.options),
        "count": object(\.count) { node, decoder throws(LoadFailure) in
            if node.string == "all" { return -1 }
            guard let text = node.string else { return try decoder.integer(node) }
            guard let count = Int64(text) else { throw decoder.failure("\"\(text)\" must be a number or all", node) }
            return count
        },
    ]

    static let blkio: Attributes<BlkioConfig> = [
        "weight": object(\.weight) { node, decoder throws(LoadFailure) in try weight(node, decoder) },
        "weight_device": list(\.weightDevice) { node, decoder throws(LoadFailure) in
            try DecodeProject.read(
                BlkioConfig.WeightDevice(path: "", weight: 0), node, decoder,
                [
                    "path": text(\.path),
                    "weight": object(\.weight) { node, decoder throws(LoadFailure) in try weight(node, decoder) },
                ], nil)
        },
        "device_read_bps": list(\.deviceReadBps, throttle), "device_read_iops": list(\.deviceReadIOPS, throttle),
        "device_write_bps": list(\.deviceWriteBps, throttle), "device_write_iops": list(\.deviceWriteIOPS, throttle),
    ]

    private static func weight(_ node: Node, _ decoder: Decoder) throws(LoadFailure) -> UInt16 {
        guard node.string == nil else { throw decoder.failure("must be an integer, not text", node) }
        let number = try decoder.integer(node)
        guard let weight = UInt16(exactly: number) else { throw decoder.failure("\(number) is not a weight", node) }
        return weight
    }

    @Sendable private static func throttle(
        _ node: Node, _ decoder: Decoder
    ) throws(LoadFailure) -> BlkioConfig.ThrottleDevice {
        try DecodeProject.read(
            BlkioConfig.ThrottleDevice(path: "", rate: 0), node, decoder,
            [
                "path": text(\.path),
                "rate": object(\.rate) { node, decoder throws(LoadFailure) in try decoder.size(node) },
            ], nil)
    }
}
