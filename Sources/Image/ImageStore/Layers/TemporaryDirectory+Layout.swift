public import EngineModel
public import LinuxSystem
internal import Primitives
public import StateStore

extension TemporaryDirectories {
    /// Those for images: on the file system of the layers.
    init(_ layout: DataLayout) {
        self.init(layout.temporary)
    }
}

extension TemporaryDirectory {
    /// A directory below the data root for something that is being made.
    public init(_ layout: DataLayout) throws(EngineError) {
        self = try EngineError.explaining(layout.temporary, doing: "making a temporary directory") {
            try TemporaryDirectories(layout).make()
        }
    }
}
