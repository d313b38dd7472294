import ComposeModel
import Primitives

/// The smaller objects of a service.
enum EncodeParts {
    static func reference(_ reference: FileReference, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("source", reference.source)
        object.add("target", reference.target)
        object.add("uid", reference.uid)
        object.add("gid", reference.gid)
        object.add("mode", reference.mode.map { .string("0" + String($0, radix: 8)) })
        object.add(reference.extensions)
        return object.value
    }

    static func credentialSpec(_ spec: CredentialSpec, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("config", spec.config)
        object.add("file", spec.file)
        object.add("registry", spec.registry)
        object.add(spec.extensions)
        return object.value
    }

    static func dependency(_ dependency: ServiceDependency, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("condition", dependency.condition.rawValue)
        object.add("restart", flag: dependency.restart)
        object.add(dependency.extensions)
        object.add("required", optional: dependency.required)
        return object.value
    }

    static func device(_ device: DeviceConfig, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("source", device.source)
        object.add("target", device.target)
        object.add("permissions", device.permissions)
        object.add(device.extensions)
        return object.value
    }

    static func provider(_ provider: ProviderConfig, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("type", provider.type)
        object.add("options", map: provider.options) { values, _ in .strings(values) }
        object.add(provider.extensions)
        return object.value
    }

    static func envFile(_ file: EnvFile, _ form: OutputForm) -> OutputValue {
        if file.required, file.format == nil, form == .yaml {
            return .string(file.path)
        }
        var object = ObjectEncoder(form)
        object.add("path", file.path)
        object.add("required", optional: file.required)
        object.add("format", file.format)
        return object.value
    }

    static func healthcheck(_ check: HealthcheckConfig, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("test", check.test ?? [])
        object.add("timeout", duration: check.timeout)
        object.add("interval", duration: check.interval)
        object.add("retries", check.retries)
        object.add("start_period", duration: check.startPeriod)
        object.add("start_interval", duration: check.startInterval)
        object.add("disable", flag: check.disable)
        object.add(check.extensions)
        return object.value
    }

    static func logging(_ logging: LoggingConfig, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("driver", logging.driver)
        object.add("options", logging.options)
        object.add(logging.extensions)
        return object.value
    }

    static func model(_ model: ServiceModel, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("endpoint_var", model.endpointVariable)
        object.add("model_var", model.modelVariable)
        object.add(model.extensions)
        return object.value
    }

    static func network(_ network: ServiceNetwork, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("aliases", network.aliases)
        object.add("driver_opts", network.driverOptions)
        object.add("gw_priority", network.gatewayPriority)
        object.add("interface_name", network.interfaceName)
        object.add("ipv4_address", network.ipv4Address)
        object.add("ipv6_address", network.ipv6Address)
        object.add("link_local_ips", network.linkLocalIPs)
        object.add("mac_address", network.macAddress)
        object.add("priority", network.priority)
        object.add(network.extensions)
        return object.value
    }

    static func port(_ port: PortConfig, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("name", port.name)
        object.add("mode", port.mode)
        object.add("host_ip", port.spelling.hostIP)
        if port.spelling.target > 0 { object.add("target", Int64(port.spelling.target)) }
        object.add("published", port.spelling.published)
        object.add("protocol", port.spelling.transport)
        object.add("app_protocol", port.appProtocol)
        object.add(port.extensions)
        return object.value
    }

    static func ulimit(_ limit: UlimitConfig, _ form: OutputForm) -> OutputValue {
        if let single = limit.single, single != 0 { return .integer(single) }
        if form == .yaml || limit.single != nil && form == .yaml {
            return .mapping([.init("soft", .integer(limit.soft)), .init("hard", .integer(limit.hard))])
        }
        var object = ObjectEncoder(form)
        if limit.soft != 0 { object.add("soft", limit.soft) }
        if limit.hard != 0 { object.add("hard", limit.hard) }
        return object.value
    }

    static func hook(_ hook: ServiceHook, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("command", command: hook.command)
        object.add("user", hook.user)
        object.add("privileged", flag: hook.privileged)
        object.add("working_dir", hook.workingDir)
        object.add("environment", hook.environment)
        object.add(hook.extensions)
        return object.value
    }

    static func volume(_ volume: ServiceVolume, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("type", volume.kind.rawValue)
        object.add("source", volume.source)
        object.add("target", volume.target)
        object.add("read_only", flag: volume.readOnly)
        object.add("consistency", volume.consistency)
        object.add("bind", object: volume.bind) { bind, form in
            var object = ObjectEncoder(form)
            object.add("selinux", bind.selinux?.rawValue)
            object.add("propagation", bind.propagation?.rawValue)
            object.add("create_host_path", flag: bind.createHostPath)
            object.add("recursive", bind.recursive)
            object.add(bind.extensions)
            return object.value
        }
        object.add("volume", object: volume.volume) { volume, form in
            var object = ObjectEncoder(form)
            object.add("labels", volume.labels)
            object.add("nocopy", flag: volume.nocopy)
            object.add("subpath", volume.subpath)
            object.add(volume.extensions)
            return object.value
        }
        object.add("tmpfs", object: volume.tmpfs) { tmpfs, form in
            var object = ObjectEncoder(form)
            object.add("size", bytes: tmpfs.size)
            object.add("mode", tmpfs.mode)
            object.add(tmpfs.extensions)
            return object.value
        }
        object.add("image", object: volume.image) { image, form in
            var object = ObjectEncoder(form)
            object.add("subpath", image.subpath)
            object.add(image.extensions)
            return object.value
        }
        object.add(volume.extensions)
        return object.value
    }
}
