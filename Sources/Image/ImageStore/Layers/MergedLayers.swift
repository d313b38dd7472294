public import EngineModel
public import LinuxSystem
internal import SystemPackage

extension Overlay {
    /// The root of an image or of a stage of a build, for changing it: the changes are in the workspace's `upper`.
    ///
    /// - Parameter lower: unpacked layers, topmost first; never empty.
    public init(lower: [String], workspace: LayerWorkspace) {
        self.init(layers: lower, changes: Changes(upper: workspace.upper, work: workspace.work))
    }

    /// ``open()`` for an image or a stage of a build.
    ///
    /// - Parameter subject: whose layers they are, for the error.
    public func openRoot(of subject: String = "the image") throws(EngineError) -> Descriptor {
        do throws(Errno) {
            return try open()
        } catch {
            throw EngineError(.system, subject, "joining its layers: \(error.description)")
        }
    }
}
