internal import ContainerModel
internal import ContainerRuntime
public import EngineModel
public import ImageBuilder
internal import ImageModel
internal import LinuxSystem
public import Primitives
public import StateStore
internal import Supervisor
internal import SystemPackage

/// Runs the programs of image builds in containers of this host, as children of this process.
///
/// What it needs on the host (network, guard process) comes with the first program and goes with ``finish()``. When this
/// process is killed, its guard takes everything down.
public final class LocalBuildRunner: BuildRunner {
    private let layout: DataLayout
    private let host: BuildHost

    /// Programs of builds run below this layout's roots.
    public init(layout: DataLayout, store: StateStore) {
        self.layout = layout
        host = BuildHost(layout: layout, store: store)
    }

    public func run(
        _ process: BuildProcess, output: @escaping @Sendable (_ isError: Bool, UnsafeRawBufferPointer) -> Void,
        cancellation: Cancellation
    ) throws(EngineError) -> Int32 {
        var configuration = process.configuration
        if configuration.hostname.nonEmpty == nil { configuration.hostname = Self.hostname }
        if case .container = configuration.networkMode {
            throw EngineError(
                .unsupported, configuration.name, "a build cannot share the network of a container")
        }
        let id = RandomIdentifier.make()
        var files = try BuildFiles(directory: layout.buildFiles(id), subject: configuration.name)
        defer { files.end() }
        var spec: ContainerSpec
        do throws(EngineError) {
            let stubs = try MountStubs(process, subject: configuration.name)
            spec = try specification(id, process, configuration, &files)
            let lower = try stubs.make(in: files.directory + "/stubs", subject: configuration.name)
            if let lower { spec.root.lowerDirectories.append(lower) }
            defer { stubs.removeLeft(in: process.upper) }
            return try host.run(spec, configuration, output: { output($0, $1) }, cancellation: cancellation)
        } catch {
            files.remove()
            throw error
        }
    }

    public func finish() { host.finish() }

    /// As in builds with Docker.
    private static let hostname = "buildkitsandbox"

    private func specification(
        _ id: String, _ process: BuildProcess, _ configuration: ContainerConfiguration, _ files: inout BuildFiles
    ) throws(EngineError) -> ContainerSpec {
        let taken = Set(process.mounts.map(\.target))
        var mounts: [MountSpec] = []
        for file in MountStubs.networkFiles where !taken.contains("/etc/\(file)") {
            mounts.append(MountSpec(source: .generated(path: "\(files.directory)/\(file)"), target: "/etc/\(file)"))
        }
        for mount in process.mounts { mounts.append(try files.specification(of: mount)) }
        var spec = try ContainerSpec(
            id: id, configuration: configuration,
            process: ProcessDefaults(configuration, image: ImageConfiguration.Execution()), layers: process.layers,
            directory: files.directory, mounts: mounts, inheritedHostname: nil)
        spec.root.upperDirectory = process.upper
        spec.root.workDirectory = process.work
        spec.initProcess = false
        return spec
    }
}
