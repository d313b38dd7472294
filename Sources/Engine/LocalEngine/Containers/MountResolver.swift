internal import ContainerModel
internal import EngineModel
internal import ImageModel
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

/// Turns a container's configured mounts into host paths, making and filling volumes on the way.
struct MountResolver {
    let engine: LocalEngine
    let configuration: ContainerConfiguration
    let image: StoredImage
    /// The container's own, on the host.
    let directory: String

    /// What the runtime mounts and what the record shows, in the same order.
    struct Resolution {
        var specs: [MountSpec] = []
        var points: [MountPoint] = []
        /// Volumes that were made for the container alone, to be recorded with it.
        var made: [PreparedVolume] = []
    }

    /// Anonymous volumes made here stand in `resolution` as they appear, so that a failure can remove them.
    func resolve(into resolution: inout Resolution) throws(EngineError) {
        var mounts = configuration.mounts
        mounts += try inheritedMounts(besides: Set(mounts.map(\.target)))
        let covered = Set(mounts.map { Self.clean($0.target) })
        for target in image.configuration.volumes.sorted() where !covered.contains(Self.clean(target)) {
            mounts.append(Mount(kind: .anonymousVolume(noCopy: false), target: target))
        }
        // A parent is mounted before what lies below it, whatever the order in the file.
        let ordered = mounts.enumerated().sorted { left, right in
            let depths = (Self.depth(left.element.target), Self.depth(right.element.target))
            return depths.0 == depths.1 ? left.offset < right.offset : depths.0 < depths.1
        }
        for (_, mount) in ordered { try add(mount, to: &resolution) }
    }

    private func add(_ mount: Mount, to resolution: inout Resolution) throws(EngineError) {
        switch mount.kind {
        // Containers run without SELinux labels, so that a shared directory needs no other label either.
        case .bind(let source, let create, let propagation, let recursive, selinux: _):
            if !create && !Files.exists(source) {
                throw EngineError(
                    .notFound, "container \(configuration.name)",
                    "bind source path \(source) does not exist (for \(mount.target))",
                    hint: "create it, or set bind.create_host_path")
            }
            add(
                .bind(
                    path: source, createIfMissing: create, propagation: propagation,
                    recursive: recursive != "disabled"),
                mount,
                MountPoint(
                    type: "bind", name: "", source: source, target: mount.target, readOnly: mount.readOnly,
                    anonymous: false), to: &resolution)
            if recursive == "writable" { resolution.specs[resolution.specs.count - 1].isWritableBelow = true }
        case .volume(let name, let noCopy, let subpath):
            guard let volume = try engine.store.volume(named: name) else {
                throw EngineError(.notFound, "volume \(name)", "there is no such volume")
            }
            try addVolume(volume, noCopy: noCopy, subpath: subpath, mount, to: &resolution)
        case .anonymousVolume(let noCopy):
            let made = try engine.prepareAnonymousVolume()
            resolution.made.append(made)
            try addVolume(made.volume, noCopy: noCopy, subpath: nil, mount, to: &resolution)
        case .image(let reference, let subpath): try addImage(reference, subpath: subpath, mount, to: &resolution)
        case .tmpfs(let size, let mode, let options):
            add(
                .tmpfs(size: size, mode: mode, options: options), mount,
                MountPoint(
                    type: "tmpfs", name: "", source: "", target: mount.target, readOnly: mount.readOnly,
                    anonymous: false), to: &resolution)
        }
    }

    private func add(
        _ source: MountSpec.Source, _ mount: Mount, _ point: MountPoint, to resolution: inout Resolution
    ) {
        resolution.specs.append(MountSpec(source: source, target: mount.target, readOnly: mount.readOnly))
        resolution.points.append(point)
    }

    /// The image's layers as one tree. The record names the image, which keeps it from being removed.
    private func addImage(
        _ reference: String, subpath: String?, _ mount: Mount, to resolution: inout Resolution
    ) throws(EngineError) {
        guard let mounted = try engine.images.resolve(reference), engine.images.isWhole(mounted) else {
            throw EngineError(
                .notFound, "image \(reference)", "it is not on this host (for \(mount.target))",
                hint: "pull it with `compose pull`, or load it with `compose image load`")
        }
        let scratch = "\(directory)/images/\(resolution.specs.count)"
        do throws(Errno) {
            try Files.makeDirectories(scratch + "/point", mode: 0o755)
        } catch {
            throw EngineError(
                error, "container \(configuration.name)", doing: "a directory for its mounts cannot be made")
        }
        add(
            .tree(layers: mounted.layers, path: "/" + (subpath ?? ""), scratch: scratch, writable: false),
            Mount(kind: mount.kind, target: mount.target, readOnly: true),
            MountPoint(
                type: "image", name: mounted.id, source: reference, target: mount.target, readOnly: true,
                anonymous: false), to: &resolution)
    }

    private func addVolume(
        _ volume: Volume, noCopy: Bool, subpath: String?, _ mount: Mount, to resolution: inout Resolution
    ) throws(EngineError) {
        let name = volume.name
        let point = MountPoint(
            type: "volume", name: name, source: volume.path, target: mount.target, readOnly: mount.readOnly,
            anonymous: volume.anonymous)
        add(.volume(name: name, path: volume.path, subpath: subpath), mount, point, to: &resolution)
        if case .bind(_, let flags) = try volume.configuration.source, !flags.isEmpty {
            resolution.specs[resolution.specs.count - 1].flags = flags
        }
        if noCopy || subpath != nil || volume.path != engine.layout.volumeData(name) { return }
        try engine.images.fill(volume: volume.path, from: image.layers, path: mount.target)
    }

    /// The mounts of the containers in `volumes_from`, the first one winning, except where this one has its own.
    private func inheritedMounts(besides own: Set<String>) throws(EngineError) -> [Mount] {
        var taken = own
        var mounts: [Mount] = []
        for entry in configuration.volumesFrom {
            let readOnly = entry.hasSuffix(":ro")
            let name = readOnly || entry.hasSuffix(":rw") ? String(entry.dropLast(3)) : entry
            let other = try engine.record(name).container
            let asked = Dictionary(
                other.configuration.mounts.map { ($0.target, $0.kind) }, uniquingKeysWith: { first, _ in first })
            for point in other.mounts where taken.insert(point.target).inserted {
                let kind: Mount.Kind? =
                    switch point.type {
                    case "volume": .volume(name: point.name, noCopy: true, subpath: nil)
                    // Its source may only be made when the other one starts.
                    case "bind":
                        asked[point.target]
                            ?? .bind(
                                source: point.source, createHostPath: false, propagation: nil, recursive: nil,
                                selinux: nil)
                    case "image": asked[point.target]
                    default: nil
                    }
                if let kind {
                    mounts.append(Mount(kind: kind, target: point.target, readOnly: readOnly || point.readOnly))
                }
            }
        }
        return mounts
    }

    private static func depth(_ path: String) -> Int {
        path.split(separator: "/").count
    }

    private static func clean(_ path: String) -> String {
        "/" + path.split(separator: "/").joined(separator: "/")
    }
}
