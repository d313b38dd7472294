import ComposeModel

/// A whole project.
enum EncodeProject {
    static func value(_ project: Project, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("name", project.name)
        object.add(
            "services",
            .computed(object.sorted(project.services.keys)) { name in
                project.services[name].map { EncodeService.value($0, form) } ?? .null
            })
        object.add("networks", map: project.networks, network)
        object.add("volumes", map: project.volumes, volume)
        object.add("secrets", map: project.secrets) { secret, form in
            var secret = secret
            secret.content = nil
            return fileObject(secret, form)
        }
        object.add("configs", map: project.configs) { config, form in
            var config = config
            if config.environment != nil { config.content = nil }
            return fileObject(config, form)
        }
        if form == .yaml { object.add("models", map: project.models, model) }
        for (key, value) in project.extensions.sorted(by: { KeyOrder.precedes($0.key, $1.key) }) {
            object.add(key, form == .json ? OutputValue(value).withoutEmptyLists : OutputValue(value))
        }
        if form == .yaml { return object.value }
        return .mapping(object.entries.sorted { $0.key < $1.key })
    }

    static func network(_ network: NetworkConfig, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("name", network.name)
        object.add("driver", network.driver)
        object.add("driver_opts", network.driverOptions)
        object.add("ipam", part: network.ipam, ipam)
        object.add("external", flag: network.external)
        object.add("internal", flag: network.isInternal)
        object.add("attachable", flag: network.attachable)
        object.add("labels", network.labels)
        object.add("enable_ipv4", optional: network.enableIPv4)
        object.add("enable_ipv6", optional: network.enableIPv6)
        object.add(network.extensions)
        return object.value
    }

    private static func ipam(_ ipam: IPAMConfig, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("driver", ipam.driver)
        object.add("config", list: ipam.config) { pool, form in
            var object = ObjectEncoder(form)
            object.add("subnet", pool.subnet)
            object.add("gateway", pool.gateway)
            object.add("ip_range", pool.ipRange)
            object.add("aux_addresses", pool.auxiliaryAddresses)
            object.add(pool.extensions)
            return object.value
        }
        object.add(ipam.extensions)
        return object.value
    }

    static func volume(_ volume: VolumeConfig, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("name", volume.name)
        object.add("driver", volume.driver)
        object.add("driver_opts", volume.driverOptions)
        object.add("external", flag: volume.external)
        object.add("labels", volume.labels)
        object.add(volume.extensions)
        return object.value
    }

    private static func fileObject(_ file: FileObject, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("name", file.name)
        object.add("file", file.file)
        object.add("environment", file.environment)
        object.add("content", file.content)
        object.add("external", flag: file.external)
        object.add("labels", file.labels)
        object.add("driver", file.driver)
        object.add("driver_opts", file.driverOptions)
        object.add("template_driver", file.templateDriver)
        object.add(file.extensions)
        return object.value
    }

    private static func model(_ model: ModelConfig, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("name", model.name)
        object.add("model", model.model)
        object.add("context_size", model.contextSize)
        object.add("runtime_flags", model.runtimeFlags)
        object.add(model.extensions)
        return object.value
    }
}
