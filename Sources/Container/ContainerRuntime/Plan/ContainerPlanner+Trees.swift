internal import ContainerModel
internal import Glibc
internal import LinuxSystem

/// Mounts whose source has to be attached somewhere before a part of it can be copied: in the container's mount
/// namespace, where only the launcher sees it, and only until the root is changed.
extension ContainerPlanner {
    /// Leaves `path` of the layers in the slot ``mount``.
    mutating func addTree(
        _ layers: [String], _ path: String, scratch: String, writable: Bool, purpose: String
    ) {
        if layers.count == 1, !writable {
            plan.add(.file(.open(target, path: layers[0], in: .none, flags: O_PATH | O_DIRECTORY)), purpose)
            plan.add(.mount(.cloneTree(mount, path: path, below: target, recursive: false)), purpose)
            return
        }
        let base = plan.newSlot("tree")
        let point = scratch + "/point"
        let changes = writable ? Overlay.Changes(upper: scratch + "/upper", work: scratch + "/work") : nil
        addOverlay(Overlay(layers: layers, changes: changes), base, at: point, purpose: purpose)
        plan.add(.mount(.cloneTree(mount, path: path, below: base, recursive: false)), purpose)
    }

    /// Leaves a file in a tmpfs of its own in the slot ``mount``.
    mutating func addSecret(_ content: [UInt8], mode: UInt32, owner: UInt64, scratch: String, purpose: String) {
        let base = plan.newSlot("secret")
        let options = [MountOption("source", "tmpfs"), MountOption("mode", "700")]
        plan.add(
            .mount(.new(base, type: "tmpfs", options: options, attributes: [.noSetuid, .noDevices, .noExecute])),
            purpose)
        plan.add(.file(.makeFile("secret", in: base, content: content, mode: UInt64(mode), owner: owner)), purpose)
        addScratch(base, at: scratch + "/point", purpose: purpose)
        plan.add(.mount(.cloneTree(mount, path: "secret", below: base, recursive: false)), purpose)
    }

    /// Leaves the overlay, attached at `point`, in `slot`.
    mutating func addOverlay(_ overlay: Overlay, _ slot: Slot, at point: String, purpose: String) {
        if environment.kernel >= .layersOneByOne {
            plan.add(.mount(.new(slot, type: "overlay", options: overlay.options, attributes: [])), purpose)
            addScratch(slot, at: point, purpose: purpose)
        } else {
            plan.add(.mount(.classic(type: "overlay", target: point, flags: 0, data: overlay.data)), purpose)
            plan.add(.file(.open(slot, path: point, in: .none, flags: O_PATH | O_DIRECTORY)), purpose)
        }
    }

    private mutating func addScratch(_ slot: Slot, at point: String, purpose: String) {
        plan.add(.file(.open(target, path: point, in: .none, flags: O_PATH | O_DIRECTORY)), purpose)
        plan.add(.mount(.attach(slot, on: target, coversProc: false)), purpose)
    }
}
