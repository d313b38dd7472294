internal import EngineModel
internal import LinuxSystem
internal import SystemPackage

/// The text of a request's Dockerfile.
struct DockerfileText {
    let text: String

    private static let limit = 16 << 20

    init(_ source: DockerfileSource, contexts: BuildContexts) throws(EngineError) {
        let bytes: [UInt8]
        switch source {
        case .text(let given):
            text = given
            return
        case .hostFile(let path):
            do throws(Errno) {
                bytes = try Files.read(path, limit: Self.limit)
            } catch {
                let code: EngineError.Code = error == .noSuchFileOrDirectory ? .notFound : .system
                throw EngineError(code, path, "the Dockerfile cannot be read: \(error.description)")
            }
        case .inContext(let path):
            let context = try contexts.main()
            let name = context.isDockerfile ? "Dockerfile" : path
            guard let found = try context.read(name, limit: Self.limit) else {
                throw EngineError(
                    .notFound, path, "there is no such file in the build context",
                    hint: "name the Dockerfile with build.dockerfile, or give it with build.dockerfile_inline")
            }
            bytes = found
        }
        text = String(decoding: bytes, as: UTF8.self)
    }
}
