public import ContainerRuntime
public import EngineModel
public import SystemPackage

extension EngineError {
    /// The runtime's complaint about a container.
    public init(_ error: RuntimeError, container: String) {
        let code: Code =
            switch error.code {
            case .invalid: .invalid
            case .programNotFound, .programNotExecutable: .startFailed
            case .system, .keeper: .system
            case .unsupported: .unsupported
            case .gone: .notRunning
            }
        var plain = error
        plain.container = ""
        self.init(
            code, "container \(container)", plain.description,
            exitCode: code == .startFailed ? error.exitStatus : nil)
    }

    /// The kernel's answer to an `action`, such as "its directory cannot be made".
    public init(_ error: Errno, _ subject: String, _ action: String) {
        let text = error.description
        let code: Code = error == .noSpace ? .noSpace : error == .permissionDenied ? .permission : .system
        self.init(code, subject, "\(action): \(text.prefix(1).lowercased())\(text.dropFirst())")
    }
}
