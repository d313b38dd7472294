import ComposeModel

/// `deploy`, device requests, `blkio_config`.
enum EncodeDeploy {
    static func value(_ deploy: DeployConfig, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("mode", deploy.mode)
        object.add("replicas", deploy.replicas.map { .integer(Int64($0)) })
        object.add("labels", deploy.labels)
        object.add("update_config", object: deploy.updateConfig, update)
        object.add("rollback_config", object: deploy.rollbackConfig, update)
        object.add("resources", part: deploy.resources) { resources, form in
            var object = ObjectEncoder(form)
            object.add("limits", object: resources.limits, resource)
            object.add("reservations", object: resources.reservations, resource)
            object.add(resources.extensions)
            return object.value
        }
        object.add("restart_policy", object: deploy.restartPolicy, restartPolicy)
        object.add("placement", part: deploy.placement, placement)
        object.add("endpoint_mode", deploy.endpointMode)
        object.add(deploy.extensions)
        return object.value
    }

    private static func update(_ update: UpdateConfig, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("parallelism", update.parallelism.map { .unsigned($0) })
        object.add("delay", duration: update.delay)
        object.add("failure_action", update.failureAction)
        object.add("monitor", duration: update.monitor)
        object.add("max_failure_ratio", single: update.maxFailureRatio)
        object.add("order", update.order)
        object.add(update.extensions)
        return object.value
    }

    private static func resource(_ resource: ResourceConfig, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("cpus", single: resource.cpus)
        object.add("memory", bytes: resource.memory)
        object.add("pids", resource.pids)
        object.add("devices", list: resource.devices, deviceRequest)
        object.add("generic_resources", list: resource.genericResources) { generic, form in
            var object = ObjectEncoder(form)
            object.add("discrete_resource_spec", object: generic.discrete) { discrete, form in
                var object = ObjectEncoder(form)
                object.add("kind", .string(discrete.kind))
                object.add("value", discrete.value)
                object.add(discrete.extensions)
                return object.value
            }
            object.add(generic.extensions)
            return object.value
        }
        object.add(resource.extensions)
        return object.value
    }

    private static func restartPolicy(_ policy: DeployRestartPolicy, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("condition", policy.condition)
        object.add("delay", duration: policy.delay)
        object.add("max_attempts", policy.maxAttempts.map { .unsigned($0) })
        object.add("window", duration: policy.window)
        object.add(policy.extensions)
        return object.value
    }

    private static func placement(_ placement: Placement, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("constraints", placement.constraints)
        object.add("preferences", list: placement.preferences) { preference, form in
            var object = ObjectEncoder(form)
            object.add("spread", preference.spread)
            object.add(preference.extensions)
            return object.value
        }
        object.add("max_replicas_per_node", placement.maxReplicasPerNode.map { .unsigned($0) })
        object.add(placement.extensions)
        return object.value
    }

    static func deviceRequest(_ request: DeviceRequest, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("capabilities", request.capabilities)
        object.add("driver", request.driver)
        if request.count != 0 { object.add("count", request.count) }
        object.add("device_ids", request.deviceIDs)
        object.add("options", request.options)
        object.add(request.extensions)
        return object.value
    }

    /// The keys of devices begin with a capital in JSON.
    static func blkio(_ blkio: BlkioConfig, _ form: OutputForm) -> OutputValue {
        let (path, rate, weight) = form == .json ? ("Path", "Rate", "Weight") : ("path", "rate", "weight")
        func throttle(_ device: BlkioConfig.ThrottleDevice, _ form: OutputForm) -> OutputValue {
            .mapping([.init(path, .string(device.path)), .init(rate, .string(String(device.rate)))])
        }
        var object = ObjectEncoder(form)
        if let weight = blkio.weight, weight > 0 { object.add("weight", Int64(weight)) }
        object.add("weight_device", list: blkio.weightDevice) { device, _ in
            .mapping([.init(path, .string(device.path)), .init(weight, .integer(Int64(device.weight)))])
        }
        object.add("device_read_bps", list: blkio.deviceReadBps, throttle)
        object.add("device_read_iops", list: blkio.deviceReadIOPS, throttle)
        object.add("device_write_bps", list: blkio.deviceWriteBps, throttle)
        object.add("device_write_iops", list: blkio.deviceWriteIOPS, throttle)
        object.add(blkio.extensions)
        return object.value
    }
}
