internal import ContainerModel
internal import EngineModel
internal import Primitives

/// Values as text, without the standard library's reflection: this runs at every `up` for every service.
extension ConfigurationFields {
    static func text(of policy: RestartPolicy) -> String {
        switch policy {
        case .no: "no"
        case .always: "always"
        case .onFailure(let retries): "on-failure:\(retries)"
        case .unlessStopped: "unless-stopped"
        }
    }

    static func text(of policy: RestartPolicy, _ pacing: RestartPacing?) -> String {
        guard let pacing else { return text(of: policy) }
        let times = [pacing.delayNanoseconds, pacing.windowNanoseconds].map { $0.map { String($0) } ?? "" }
        return list([text(of: policy)] + times)
    }

    static func text(of request: DeviceRequest) -> String {
        list([request.driver, "\(request.count)"] + request.deviceIDs + ["/"] + request.capabilities)
    }

    static func text(of check: Healthcheck) -> String {
        let times = [check.interval, check.timeout, check.startPeriod, check.startInterval]
        let numbers = times.map { $0?.nanoseconds ?? 0 } + [Int64(check.retries ?? 0)]
        return list(check.test + numbers.map { String($0) })
    }

    static func text(of mount: Mount) -> String {
        let kind: [String] =
            switch mount.kind {
            case .bind(let source, let create, let propagation, let recursive, let selinux):
                [
                    "bind", source, flag(create), propagation?.rawValue ?? "", recursive ?? "",
                    selinux?.rawValue ?? "",
                ]
            case .volume(let name, let noCopy, let subpath): ["volume", name, flag(noCopy), subpath ?? ""]
            case .anonymousVolume(let noCopy): ["anonymous", flag(noCopy)]
            case .tmpfs(let size, let mode, let options):
                ["tmpfs", size.map { String($0) } ?? "", mode.map { String($0) } ?? ""] + options
            case .image(let reference, let subpath): ["image", reference, subpath ?? ""]
            }
        return list([mount.target, flag(mount.readOnly)] + kind)
    }

    static func text(of mode: NetworkMode) -> String {
        switch mode {
        case .networks: "networks"
        case .none: "none"
        case .host: "host"
        case .container(let name): "container:" + name
        }
    }

    static func text(of mode: NamespaceMode) -> String {
        switch mode {
        case .own: "own"
        case .host: "host"
        case .container(let name): "container:" + name
        }
    }

    /// In the words of the first releases: containers carry hashes of them.
    static func text(of limits: ResourceLimits) -> String {
        func text(_ devices: [BlkioDevice]) -> String {
            let values = devices.map { device in
                "EngineModel.BlockDeviceValue(path: \(String(reflecting: device.path)), value: \(device.value))"
            }
            return "[\(values.joined(separator: ", "))]"
        }
        if limits == ResourceLimits() { return "" }
        let numbers: [(String, Int64?)] = [
            ("nanoCPUs", limits.nanoCPUs), ("cpuShares", limits.cpuShares), ("cpuQuota", limits.cpuQuota),
            ("cpuPeriod", limits.cpuPeriod), ("cpuRealtimeRuntime", limits.cpuRealtimeRuntime),
            ("cpuRealtimePeriod", limits.cpuRealtimePeriod),
        ]
        let memory: [(String, Int64?)] = [
            ("memory", limits.memory), ("memorySwap", limits.memorySwap),
            ("memoryReservation", limits.memoryReservation), ("memorySwappiness", limits.memorySwappiness),
        ]
        let devices = [
            ("blkioWeightDevices", limits.blkioWeightDevices), ("blkioReadBps", limits.blkioReadBps),
            ("blkioWriteBps", limits.blkioWriteBps), ("blkioReadIOPS", limits.blkioReadIOPS),
            ("blkioWriteIOPS", limits.blkioWriteIOPS),
        ]
        func optional<Value>(_ value: Value?) -> String { value.map { "Optional(\(String(reflecting: $0)))" } ?? "nil" }
        var fields = memory.map { "\($0.0): \(optional($0.1))" }
        fields.append("oomKillDisable: \(optional(limits.oomKillDisable))")
        fields += numbers.map { "\($0.0): \(optional($0.1))" }
        fields.append("cpusetCPUs: \(optional(limits.cpusetCPUs))")
        fields.append("cpusetMemoryNodes: \(optional(limits.cpusetMemoryNodes))")
        fields.append("pids: \(optional(limits.pids))")
        fields.append("blkioWeight: \(optional(limits.blkioWeight))")
        fields += devices.map { "\($0.0): \(text($0.1))" }
        return "Resources(\(fields.joined(separator: ", ")))"
    }

    static func text(of port: PortMapping) -> String {
        list([
            port.hostAddress?.description ?? "", port.hostPorts?.description ?? "", String(port.containerPort),
            port.transport.rawValue,
        ])
    }

    static func text(of file: InjectedFile) -> String {
        list([file.target, file.content, String(file.mode), String(file.uid), String(file.gid)])
    }

    private static func flag(_ on: Bool) -> String { on ? "1" : "0" }
}
