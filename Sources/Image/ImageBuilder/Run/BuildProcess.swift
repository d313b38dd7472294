public import EngineModel

/// A program and the root that it runs on.
public struct BuildProcess: Sendable {
    /// What runs and how, complete: nothing is looked up in an image, so `image` and `restart` and the like are not
    /// looked at. `name` is for messages. The command line is `entrypoint` followed by `command`.
    ///
    /// `networkMode` `.networks` without `networks` is the network of builds.
    public var configuration: ContainerConfiguration
    /// Unpacked layers, topmost first; never empty.
    public var layers: [String]
    /// Host path of the directory that gets what the program changes (overlayfs' upperdir).
    public var upper: String
    /// Host path of overlayfs' workdir, on the same file system as `upper`.
    public var work: String
    /// In the order in which they are made.
    public var mounts: [BuildMount]

    public init(
        configuration: ContainerConfiguration, layers: [String], upper: String, work: String,
        mounts: [BuildMount] = []
    ) {
        self.configuration = configuration
        self.layers = layers
        self.upper = upper
        self.work = work
        self.mounts = mounts
    }
}
