internal import ContainerModel
internal import Glibc
internal import LinuxSystem
internal import Primitives

extension ContainerPlanner {
    /// See ``MountTarget/clean(_:)``.
    func cleanTarget(_ path: String) throws(RuntimeError) -> String {
        do throws(GrammarError) {
            return try MountTarget.clean(path)
        } catch {
            throw RuntimeError(.invalid, step: "mount at \"\(path)\"", reason: error.reason)
        }
    }

    /// Sources whose mounts shall be passed on to the host are copied while they still belong to its group.
    mutating func addSharedSources() throws(RuntimeError) {
        for mount in spec.mounts {
            guard case .bind(let path, let create, let propagation, let recursive) = mount.source else { continue }
            if create { plan.add(.file(.hostDirectory(path, mode: 0o755)), "make host directory \(path)") }
            guard propagation?.isShared == true else { continue }
            let slot = plan.newSlot("shared \(path)")
            shared[mount.target] = slot
            plan.add(
                .mount(.cloneTree(slot, path: path, below: .none, recursive: recursive)),
                "mount \(path) at \(mount.target)")
        }
    }

    mutating func addMount(_ index: Int) throws(RuntimeError) {
        let spec = self.spec.mounts[index]
        let path = try cleanTarget(spec.target)
        let purpose: String
        var slot = mount
        var missing = MissingTarget.alike(mount)
        var recursive = false
        var propagation = Propagation.private
        switch spec.source {
        case .bind(let source, _, let wanted, let isRecursive):
            purpose = "mount \(source) at \(path)"
            recursive = isRecursive
            propagation = Self.flags(wanted)
            if let copied = shared[spec.target] {
                slot = copied
                missing = .alike(copied)
            } else {
                plan.add(.mount(.cloneTree(mount, path: source, below: .none, recursive: recursive)), purpose)
            }
        case .volume(let name, let source, let subpath):
            purpose = "mount volume \"\(name)\" at \(path)"
            if let subpath, !subpath.isEmpty {
                plan.add(.file(.open(target, path: source, in: .none, flags: O_PATH | O_DIRECTORY)), purpose)
                plan.add(
                    .mount(.cloneTree(mount, path: subpath, below: target, recursive: false)),
                    "mount \(subpath) of volume \"\(name)\" at \(path)")
            } else {
                plan.add(.mount(.cloneTree(mount, path: source, below: .none, recursive: false)), purpose)
            }
        case .generated(let source):
            purpose = "mount \(path)"
            plan.add(.mount(.cloneTree(mount, path: source, below: .none, recursive: false)), purpose)
        case .tmpfs(let size, let mode, let options):
            purpose = "mount a tmpfs at \(path)"
            try addTmpfs(size: size, mode: mode, options: options, readOnly: spec.readOnly, purpose: purpose)
            missing = .directories
            propagation = 0
        case .tree(let layers, let source, let scratch, let writable):
            purpose = "mount \(source) of another tree at \(path)"
            addTree(layers, source, scratch: scratch, writable: writable, purpose: purpose)
        case .secret(let content, let mode, let uid, let gid, let scratch):
            purpose = "mount a secret at \(path)"
            addSecret(content, mode: mode, owner: UInt64(uid) << 32 | UInt64(gid), scratch: scratch, purpose: purpose)
        }
        if propagation != 0 { addAttributes(of: spec, slot, propagation: propagation, recursive: recursive, purpose) }
        plan.add(.file(.resolve(target, path: path, in: root, missing: missing)), purpose)
        plan.add(.mount(.attach(slot, on: target, coversProc: path.hasPrefix("/proc/"))), purpose)
    }

    private mutating func addAttributes(
        of spec: MountSpec, _ slot: Slot, propagation: UInt64, recursive: Bool, _ purpose: String
    ) {
        var change = MountChange(spec.flags ?? [])
        if spec.readOnly { change.apply(.ro) }
        let staysAbove = recursive && spec.isWritableBelow == true
        if staysAbove {
            plan.add(
                .mount(.setAttributes(slot, set: [], clear: [], propagation: propagation, recursive: true)), purpose)
        }
        plan.add(
            .mount(
                .setAttributes(
                    slot, set: change.set, clear: change.clear, propagation: staysAbove ? 0 : propagation,
                    recursive: recursive && !staysAbove)), purpose)
    }

    private static func flags(_ propagation: MountPropagation?) -> UInt64 {
        switch propagation {
        case nil, .private, .rprivate: Propagation.private
        case .slave, .rslave: Propagation.slave
        case .shared, .rshared: Propagation.shared
        }
    }

    /// Options as mount(8) takes them: flags of the mount, and what the file system itself knows.
    private mutating func addTmpfs(
        size: UInt64?, mode: UInt32?, options: [String], readOnly: Bool, purpose: String
    ) throws(RuntimeError) {
        var attributes: MountAttributes = [.noSetuid, .noDevices, .noExecute]
        if readOnly { attributes.insert(.readOnly) }
        var settings = [MountOption("source", "tmpfs")]
        if let size { settings.append(MountOption("size", "\(size)")) }
        if let mode { settings.append(MountOption("mode", String(mode, radix: 8))) }
        let parsed: MountOptions
        do throws(GrammarError) {
            parsed = try MountOptions(tmpfs: options.joined(separator: ","))
        } catch {
            throw RuntimeError(.invalid, step: purpose, reason: error.description)
        }
        let change = MountChange(parsed.flags)
        attributes = attributes.subtracting(change.clear).union(change.set)
        for option in parsed.others {
            let parts = option.split(separator: "=", maxSplits: 1)
            settings.removeAll { $0.key == parts[0] }
            settings.append(MountOption(String(parts[0]), String(parts[1])))
        }
        plan.add(.mount(.new(mount, type: "tmpfs", options: settings, attributes: attributes)), purpose)
    }

    // MARK: devices

    mutating func addDevices() throws(RuntimeError) {
        if spec.privileged {
            for device in environment.hostDevices() { addDevice(device, at: device.path) }
        }
        for device in spec.devices {
            let path = try cleanTarget(device.target)
            for (found, place) in try ContainerRuntime.hostDevices(of: device) {
                var found = found
                found.mode = device.fileMode.map { $0 & 0o7777 } ?? found.mode
                found.userID = device.userID ?? found.userID
                found.groupID = device.groupID ?? found.groupID
                addDevice(found, at: place.isEmpty ? path : path + place)
            }
        }
    }

    private mutating func addDevice(_ device: HostDevice, at path: String) {
        let type = UInt64(device.isBlock ? S_IFBLK : S_IFCHR)
        let owner = UInt64(device.userID) << 32 | UInt64(device.groupID)
        plan.add(
            .file(
                .makeNode(
                    path, in: root, mode: type | UInt64(device.mode), device: device.number, owner: owner)),
            "make device \(path)")
    }
}
