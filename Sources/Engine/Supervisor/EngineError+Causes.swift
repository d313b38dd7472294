public import ContainerRuntime
public import EngineModel
internal import Primitives

extension EngineError {
    /// The runtime's complaint about a container, with the exit code of a program that could not be run.
    public init(_ error: RuntimeError, container: String) {
        var plain = error
        plain.container = ""
        self.init(plain, "container \(container)")
        if code == .startFailed { exitCode = error.exitStatus }
    }
}
