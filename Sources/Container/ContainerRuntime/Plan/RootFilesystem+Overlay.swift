public import ContainerModel
public import LinuxSystem

extension RootFilesystem {
    /// The tree that the container changes.
    public var overlay: Overlay {
        Overlay(layers: lowerDirectories, changes: Overlay.Changes(upper: upperDirectory, work: workDirectory))
    }

    /// The same tree for reading alone: nothing of it is in use, so the container may run.
    public var snapshot: Overlay { Overlay(layers: [upperDirectory] + lowerDirectories) }
}

extension KernelVersion {
    /// The first whose overlays take layers one by one (``Overlay/options``).
    static let layersOneByOne = KernelVersion(major: 6, minor: 8)
}
