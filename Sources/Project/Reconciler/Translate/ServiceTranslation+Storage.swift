internal import ComposeModel
internal import EngineModel

extension ServiceTranslation {
    mutating func addStorage(of service: Service, to result: inout ContainerConfiguration) throws(PlanFailure) {
        for volume in service.volumes { result.mounts.append(try mount(volume, service)) }
        for entry in service.tmpfs {
            let parts = entry.split(separator: ":", maxSplits: 1).map(String.init)
            let options = parts.count > 1 ? parts[1].split(separator: ",").map(String.init) : []
            let kind = Mount.Kind.tmpfs(size: nil, mode: nil, options: options)
            result.mounts.append(Mount(kind: kind, target: parts.first ?? "", readOnly: false))
        }
        for entry in service.volumesFrom { result.volumesFrom.append(try volumesFrom(entry, service)) }
        for secret in service.secrets {
            let target = Self.target(secret, below: "/run/secrets")
            try add(secret, project.secrets[secret.source], "secret", target, service, to: &result)
        }
        for config in service.configs {
            let target = Self.target(config, below: "")
            try add(config, project.configs[config.source], "config", target, service, to: &result)
        }
    }

    private func mount(_ volume: ServiceVolume, _ service: Service) throws(PlanFailure) -> Mount {
        let kind: Mount.Kind
        switch volume.kind {
        case .bind:
            guard let source = volume.source else {
                throw PlanFailure("service \"\(service.name)\": the bind at \(volume.target) has no source")
            }
            kind = .bind(
                source: source, createHostPath: volume.createsHostPath, propagation: volume.bind?.propagation,
                recursive: volume.bind?.recursive, selinux: volume.bind?.selinux)
        case .volume:
            let noCopy = volume.volume?.nocopy ?? false
            if let source = volume.source {
                kind = .volume(name: project.volumeName(source), noCopy: noCopy, subpath: volume.volume?.subpath)
            } else {
                kind = .anonymousVolume(noCopy: noCopy)
            }
        case .tmpfs:
            kind = .tmpfs(
                size: volume.tmpfs?.size.map { UInt64(max(0, $0)) }, mode: volume.tmpfs?.mode.map { UInt32($0) },
                options: [])
        case .image:
            kind = .image(reference: volume.source ?? "", subpath: volume.image?.subpath)
        case .npipe, .cluster:
            throw PlanFailure(
                "service \"\(service.name)\": mounts of type \(volume.kind.rawValue) are not supported"
                    + " (at \(volume.target))")
        }
        return Mount(kind: kind, target: volume.target, readOnly: volume.readOnly)
    }

    private func volumesFrom(_ entry: String, _ service: Service) throws(PlanFailure) -> String {
        var parts = entry.split(separator: ":").map(String.init)
        if parts.first == "container" {
            parts.removeFirst()
        } else if let name = parts.first {
            guard let other = project.allServices[name] else {
                throw PlanFailure("service \"\(service.name)\": volumes_from names the undefined service \"\(name)\"")
            }
            parts[0] = names.first(of: other)
        }
        return parts.joined(separator: ":")
    }

    private static func target(_ reference: FileReference, below directory: String) -> String {
        guard let target = reference.target, !target.isEmpty else { return "\(directory)/\(reference.source)" }
        return target.hasPrefix("/") ? target : "\(directory)/\(target)"
    }

    /// A secret or config: a file is mounted read-only, a text is written into the container.
    private mutating func add(
        _ reference: FileReference, _ object: FileObject?, _ what: String, _ target: String, _ service: Service,
        to result: inout ContainerConfiguration
    ) throws(PlanFailure) {
        guard let object else {
            throw PlanFailure("service \"\(service.name)\": \(what) \"\(reference.source)\" is not defined")
        }
        if let file = object.file {
            if reference.uid != nil || reference.gid != nil || reference.mode != nil {
                warn(
                    "\(what)s `uid`, `gid` and `mode` are not supported for files, they will be ignored"
                        + " (\(what) \"\(reference.source)\" of service \"\(service.name)\")")
            }
            let kind = Mount.Kind.bind(
                source: file, createHostPath: false, propagation: nil, recursive: nil, selinux: nil)
            result.mounts.append(Mount(kind: kind, target: target, readOnly: true))
            return
        }
        guard let content = object.content else {
            let variable = object.environment.map { "environment variable \"\($0)\" required by" } ?? "content of"
            throw PlanFailure("\(variable) \(what) \"\(reference.source)\" is not set")
        }
        result.files.append(
            InjectedFile(
                target: target, content: content, mode: UInt32(reference.mode ?? 0o444),
                uid: try Self.owner(reference.uid, reference), gid: try Self.owner(reference.gid, reference)))
    }

    private static func owner(_ text: String?, _ reference: FileReference) throws(PlanFailure) -> UInt32 {
        guard let text, !text.isEmpty else { return 0 }
        if let id = UInt32(text) { return id }
        throw PlanFailure("\"\(reference.source)\": \"\(text)\" is not a numeric user or group id")
    }
}
