internal import ComposeModel
internal import Engine

extension ServiceTranslation {
    func addStorage(
        _ service: Service, to configuration: inout ContainerConfiguration, _ warnings: inout [String]
    ) throws(EngineError) {
        configuration.shmSize = service.shmSize
        for volume in service.volumes { configuration.mounts.append(try mount(volume, service)) }
        for entry in service.tmpfs { configuration.mounts.append(try tmpfs(entry, service)) }
        configuration.volumesFrom = service.volumesFrom.map(volumesFrom)
        for secret in service.secrets {
            try add(
                secret, project.secrets[secret.source], kind: "secret", folder: "/run/secrets/", service,
                to: &configuration, &warnings)
        }
        for config in service.configs {
            try add(
                config, project.configs[config.source], kind: "config", folder: "/", service, to: &configuration,
                &warnings)
        }
    }

    private func mount(_ volume: ServiceVolume, _ service: Service) throws(EngineError) -> Mount {
        let kind: Mount.Kind
        switch volume.kind {
        case .bind:
            kind = .bind(
                source: volume.source ?? "", createHostPath: volume.createsHostPath,
                propagation: volume.bind?.propagation, recursive: volume.bind?.recursive, selinux: volume.bind?.selinux)
        case .volume:
            let noCopy = volume.volume?.nocopy ?? false
            if let source = volume.source, !source.isEmpty {
                let name = project.volumes[source]?.name ?? source
                kind = .volume(name: name, noCopy: noCopy, subpath: volume.volume?.subpath)
            } else {
                kind = .anonymousVolume(noCopy: noCopy)
            }
        case .tmpfs:
            kind = .tmpfs(
                size: volume.tmpfs?.size.map { UInt64(max(0, $0)) },
                mode: volume.tmpfs?.mode.map { UInt32(truncatingIfNeeded: $0) }, options: [])
        case .image, .npipe, .cluster:
            throw invalid(service, "a volume of type \(volume.kind.rawValue) at \(volume.target) is not supported")
        }
        return Mount(kind: kind, target: volume.target, readOnly: volume.readOnly)
    }

    /// `PATH[:OPTIONS]` with `size` and `mode` among the options of tmpfs(5).
    private func tmpfs(_ entry: String, _ service: Service) throws(EngineError) -> Mount {
        let parts = entry.split(separator: ":", maxSplits: 1)
        guard let target = parts.first, target.hasPrefix("/") else {
            throw invalid(service, "tmpfs \"\(entry)\" is not an absolute path")
        }
        var size: UInt64?
        var mode: UInt32?
        var options: [String] = []
        var readOnly = false
        for option in parts.count == 2 ? parts[1].split(separator: ",") : [] {
            if option.hasPrefix("size="), let bytes = Self.bytes(option.dropFirst(5)) {
                size = bytes
            } else if option.hasPrefix("mode="), let bits = UInt32(option.dropFirst(5), radix: 8) {
                mode = bits
            } else if option == "ro" {
                readOnly = true
            } else {
                options.append(String(option))
            }
        }
        return Mount(kind: .tmpfs(size: size, mode: mode, options: options), target: String(target), readOnly: readOnly)
    }

    /// A size of tmpfs(5): digits and one of `k`, `m`, `g`. nil for others, such as percentages, which the kernel reads.
    private static func bytes(_ text: Substring) -> UInt64? {
        let units: [Character: UInt64] = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30]
        guard let last = text.lowercased().last, let unit = units[last] else { return UInt64(text) }
        guard let number = UInt64(text.dropLast()) else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow ? nil : product
    }

    /// `SERVICE[:ro]` or `container:NAME[:ro]` as a container's name.
    private func volumesFrom(_ entry: String) -> String {
        if entry.hasPrefix("container:") { return String(entry.dropFirst(10)) }
        let parts = entry.split(separator: ":", maxSplits: 1)
        let name = firstContainer(of: String(parts[0]))
        return parts.count == 2 ? "\(name):\(parts[1])" : name
    }

    /// A file is mounted as it is; a variable's value or a text is written into the container.
    private func add(
        _ reference: FileReference, _ object: FileObject?, kind: String, folder: String, _ service: Service,
        to configuration: inout ContainerConfiguration, _ warnings: inout [String]
    ) throws(EngineError) {
        guard let object else { throw invalid(service, "refers to undefined \(kind) \(reference.source)") }
        if object.external { throw invalid(service, "unsupported external \(kind) \(reference.source)") }
        let wanted = reference.target ?? reference.source
        let target = wanted.hasPrefix("/") ? wanted : folder + wanted
        if let file = object.file {
            if reference.uid != nil || reference.gid != nil || reference.mode != nil {
                warnings.append(
                    "\(kind)s `uid`, `gid` and `mode` are not supported for \(reference.source), they will be ignored: "
                        + "a file is mounted as it is")
            }
            let bind = Mount.Kind.bind(
                source: file, createHostPath: false, propagation: nil, recursive: nil, selinux: nil)
            configuration.mounts.append(Mount(kind: bind, target: target, readOnly: true))
            return
        }
        guard let content = object.content ?? object.environment.flatMap({ project.environment[$0] }) else {
            throw invalid(
                service, "environment variable \"\(object.environment ?? "")\" required by \(kind) \"\(reference.source)\" is not set")
        }
        configuration.files.append(
            InjectedFile(
                target: target, content: content, mode: UInt32(truncatingIfNeeded: reference.mode ?? 0o444),
                uid: try number(reference.uid, "uid", service), gid: try number(reference.gid, "gid", service)))
    }

    private func number(_ text: String?, _ key: String, _ service: Service) throws(EngineError) -> UInt32 {
        guard let text, !text.isEmpty else { return 0 }
        guard let number = UInt32(text) else { throw invalid(service, "\(key) \"\(text)\" is not a number") }
        return number
    }
}
