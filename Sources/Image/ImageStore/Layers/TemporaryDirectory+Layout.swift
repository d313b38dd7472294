public import EngineModel
public import LinuxSystem
public import StateStore
internal import SystemPackage

extension TemporaryDirectories {
    /// Those for images: on the file system of the layers.
    init(_ layout: DataLayout) {
        self.init(layout.temporary)
    }
}

extension TemporaryDirectory {
    /// A directory below the data root for something that is being made.
    public init(_ layout: DataLayout) throws(EngineError) {
        self = try system(layout.temporary, "making a temporary directory") { () throws(Errno) in
            try TemporaryDirectories(layout).make()
        }
    }
}
