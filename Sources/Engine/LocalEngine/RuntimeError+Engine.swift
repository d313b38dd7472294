internal import ContainerRuntime
internal import Engine
internal import SystemPackage

extension EngineError {
    /// A runtime's complaint about a container.
    init(_ error: RuntimeError, container: String) {
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

    init(_ error: Errno, _ subject: String, _ action: String) {
        let text = error.description
        let code: Code = error == .noSpace ? .noSpace : error == .permissionDenied ? .permission : .system
        self.init(code, subject, "\(action): \(text.prefix(1).lowercased())\(text.dropFirst())")
    }
}
