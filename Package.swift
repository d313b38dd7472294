// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// A layer of the house: a folder below Sources. Its targets import from it and from the layers above this line's in
/// docs/architecture.md, which `make check` compares with the imports and with the dependencies below.
struct Layer {
    let name: String

    /// A Swift module.
    func target(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
        .target(name: name, dependencies: dependencies, path: "Sources/\(self.name)/\(name)", swiftSettings: strict)
    }

    /// A C module: what Swift cannot see or must not do.
    func cTarget(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
        .target(
            name: name, dependencies: dependencies, path: "Sources/\(self.name)/\(name)",
            cSettings: [.define("_GNU_SOURCE")])
    }

    /// A C library of the Debian package `package`.
    func library(_ name: String, pkgConfig: String, package: String) -> Target {
        .systemLibrary(
            name: name, path: "Sources/\(self.name)/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
    }
}

let base = Layer(name: "Base")
let model = Layer(name: "Model")
let store = Layer(name: "Store")
let container = Layer(name: "Container")
let network = Layer(name: "Network")
let image = Layer(name: "Image")
let engine = Layer(name: "Engine")
let project = Layer(name: "Project")
let commandLine = Layer(name: "CLI")

/// The unit tests of a target: no root, no network, no sleep.
func unitTests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies,
        path: "Tests/UnitTests/\(name)Tests", exclude: exclude, swiftSettings: strict)
}

/// The tests of a target with real kernel objects: root, always cleaned up.
func kernelTests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)KernelTests", dependencies: [.byName(name: name)] + dependencies,
        path: "Tests/KernelTests/\(name)KernelTests", swiftSettings: strict)
}

/// What tests stand on besides the product.
func testSupport(_ name: String, _ path: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: path, swiftSettings: strict)
}

let package = Package(
    name: "compose",
    products: [.executable(name: "compose", targets: ["compose"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        base.library("CYAML", pkgConfig: "yaml-0.1", package: "libyaml-dev"),
        base.library("CArchive", pkgConfig: "libarchive", package: "libarchive-dev"),
        base.library("CSeccomp", pkgConfig: "libseccomp", package: "libseccomp-dev"),
        base.library("CSQLite", pkgConfig: "sqlite3", package: "libsqlite3-dev"),
        base.library("CNettle", pkgConfig: "nettle", package: "nettle-dev"),
        base.library("CZlib", pkgConfig: "zlib", package: "zlib1g-dev"),
        base.cTarget("CLinux"),
        base.cTarget("CCurl"),
        base.target("Primitives"),
        base.target("Templates", ["Primitives"]),
        base.target("Digests", ["CNettle"]),
        base.target("Compression", ["CZlib"]),
        base.target("YAML", ["CYAML", "Primitives"]),
        base.target("LinuxSystem", ["CLinux", "Primitives", system]),

        model.target("ContainerModel", ["Primitives"]),
        model.target("EngineModel", ["ContainerModel", "Primitives", "Templates"]),
        model.target("ComposeModel", ["Primitives"]),
        model.target("ImageModel", ["EngineModel", "Primitives"]),

        store.target(
            "StateStore", ["CLinux", "CSQLite", "ContainerModel", "EngineModel", "LinuxSystem", "Primitives", system]),

        container.cTarget("CLaunch", ["CLinux"]),
        container.target("Cgroups", ["CLinux", "ContainerModel", "LinuxSystem", "Primitives", system]),
        container.target("CDI", ["ContainerModel", "EngineModel", "LinuxSystem", "Primitives", "YAML", system]),
        container.target("Seccomp", ["CSeccomp"]),
        container.target(
            "ContainerRuntime",
            ["CLaunch", "CLinux", "Cgroups", "ContainerModel", "LinuxSystem", "Primitives", "Seccomp", system]),

        network.target("Netlink", ["CLinux", "LinuxSystem", "Primitives", system]),
        network.target("Firewall", ["Primitives"]),
        network.target("DNS", ["CLinux", "LinuxSystem", "Primitives", system]),
        network.target("PortProxy", ["CLinux", "LinuxSystem", "Primitives", system]),
        network.target(
            "ContainerNetwork",
            ["CLinux", "DNS", "Firewall", "LinuxSystem", "Netlink", "PortProxy", "Primitives", system]),

        image.target("Archive", ["CArchive", "CLinux", "Digests", "LinuxSystem", "Primitives", system]),
        image.target(
            "ImageStore",
            [
                "Archive", "CLinux", "Digests", "EngineModel", "ImageModel", "LinuxSystem", "Primitives", "StateStore",
                system,
            ]),
        image.target(
            "Registry",
            [
                "Archive", "CCurl", "CLinux", "Digests", "EngineModel", "ImageModel", "ImageStore", "LinuxSystem",
                "Primitives", system,
            ]),
        image.target("Dockerfile", ["EngineModel", "ImageModel", "Primitives"]),
        image.target(
            "ImageBuilder",
            [
                "Archive", "CLinux", "ContainerModel", "Digests", "Dockerfile", "EngineModel", "ImageModel",
                "ImageStore",
                "LinuxSystem", "Primitives", "Registry", "StateStore", system,
            ]),

        engine.target(
            "Supervisor",
            [
                "CCurl", "CDI", "CLinux", "Compression", "ContainerModel", "ContainerNetwork", "ContainerRuntime",
                "DNS", "EngineModel", "LinuxSystem", "Primitives", "StateStore", system,
            ]),
        engine.target(
            "LocalEngine",
            [
                "Archive", "CLinux", "ContainerModel", "ContainerNetwork", "ContainerRuntime", "EngineModel",
                "ImageBuilder", "ImageModel", "ImageStore", "LinuxSystem", "Primitives", "StateStore", "Supervisor",
                system,
            ]),

        project.target(
            "ComposeLoader",
            ["ComposeModel", "ContainerModel", "Digests", "EngineModel", "ImageModel", "Primitives", "YAML"]),
        project.target("Reconciler", ["ComposeModel", "ContainerModel", "EngineModel", "ImageModel", "Primitives"]),

        commandLine.target("TerminalUI", ["CLinux", "LinuxSystem", "Primitives"]),
        commandLine.target(
            "ComposeCLI",
            [
                "Archive", "CLinux", "ComposeLoader", "ComposeModel", "ContainerModel", "Digests", "Dockerfile",
                "EngineModel",
                "ImageBuilder", "ImageModel", "ImageStore", "LinuxSystem", "LocalEngine", "Primitives", "Reconciler",
                "Registry", "StateStore", "Templates", "TerminalUI", argumentParser, system,
            ]),
        .executableTarget(
            name: "compose", dependencies: ["ComposeCLI", "Supervisor"], path: "Sources/CLI/compose",
            swiftSettings: strict),

        unitTests("Digests"),
        unitTests("Compression"),
        unitTests("Primitives"),
        unitTests("Templates", ["Primitives"], exclude: ["Golden"]),
        unitTests("LinuxSystem", ["CLinux", "Primitives", system]),
        unitTests("ContainerModel", ["Primitives"]),
        unitTests("ComposeModel", ["Primitives"]),
        unitTests("EngineModel", ["ContainerModel", "Primitives"]),
        unitTests("ImageModel", ["EngineModel", "Primitives"]),
        unitTests("StateStore", ["CLinux", "ContainerModel", "EngineModel", "LinuxSystem", "Primitives"]),
        unitTests("Cgroups", ["ContainerModel", "LinuxSystem"]),
        unitTests("CDI", ["ContainerModel", "EngineModel", "LinuxSystem", "Primitives"]),
        unitTests("Seccomp", ["CSeccomp"]),
        unitTests("ContainerRuntime", ["Cgroups", "ContainerModel", "LinuxSystem", "Primitives"]),
        unitTests("Netlink", ["Primitives", system]),
        unitTests("Firewall", ["Primitives"]),
        unitTests("DNS", ["Primitives"]),
        unitTests("PortProxy", ["LinuxSystem", "Primitives", system]),
        unitTests("ContainerNetwork", ["Primitives"]),
        unitTests("Registry", ["CLinux", "EngineModel", "ImageModel", "LinuxSystem"]),
        unitTests("Dockerfile", ["EngineModel", "ImageModel", "Primitives"], exclude: ["Golden"]),
        unitTests("ImageBuilder", ["Dockerfile", "EngineModel", "ImageModel", "LinuxSystem", "Primitives"]),
        unitTests(
            "Supervisor",
            [
                "Compression", "ContainerModel", "ContainerNetwork", "EngineModel", "LinuxSystem", "Primitives",
                "StateStore",
                system,
            ]),
        unitTests("LocalEngine", ["ContainerModel", "EngineModel", "ImageModel", "LinuxSystem"]),
        unitTests("YAML"),
        unitTests("ComposeLoader", ["ComposeModel", "Digests", "Primitives"], exclude: ["Golden"]),
        testSupport(
            "EngineDouble", "Tests/UnitTests/EngineDouble",
            ["ContainerModel", "EngineModel", "LinuxSystem", "Primitives"]),
        unitTests(
            "Reconciler",
            ["ComposeModel", "ContainerModel", "EngineDouble", "EngineModel", "LinuxSystem", "Primitives"]),
        unitTests("TerminalUI", ["LinuxSystem", "Primitives", system]),
        unitTests(
            "ComposeCLI",
            [
                "ComposeModel", "ContainerModel", "EngineDouble", "EngineModel", "ImageBuilder", "ImageModel",
                "LinuxSystem", "Primitives", "Reconciler", "Registry", "Templates", "TerminalUI", argumentParser,
                system,
            ], exclude: ["Golden"]),

        kernelTests("LinuxSystem", ["CLinux", system]),
        kernelTests("ContainerRuntime", ["CLinux", "Cgroups", "ContainerModel", "LinuxSystem", "Primitives", system]),
        kernelTests("ContainerNetwork", ["CLinux", "DNS", "Firewall", "LinuxSystem", "Netlink", "Primitives", system]),
        kernelTests("Archive", ["CLinux", "LinuxSystem", system]),
        kernelTests(
            "ImageStore",
            [
                "Archive", "CLinux", "ContainerModel", "Digests", "EngineModel", "ImageModel", "LinuxSystem",
                "Primitives",
                "StateStore", system,
            ]),
        kernelTests(
            "Registry",
            [
                "Archive", "CLinux", "Digests", "EngineModel", "ImageModel", "ImageStore", "LinuxSystem", "Primitives",
                "StateStore", system,
            ]),
        kernelTests(
            "ImageBuilder",
            [
                "Archive", "CLinux", "EngineModel", "ImageModel", "ImageStore", "LinuxSystem", "LocalEngine",
                "Primitives", "StateStore", "Supervisor", "SupervisorForTests", "SupervisorHost", system,
            ]),
        kernelTests(
            "Supervisor",
            [
                "CLinux", "ContainerModel", "ContainerNetwork", "ContainerRuntime", "EngineModel", "LinuxSystem",
                "Primitives", "StateStore", "SupervisorForTests", "SupervisorHost", system,
            ]),
        testSupport("SupervisorForTests", "Tests/KernelTests/SupervisorForTests", ["Supervisor"]),
        .executableTarget(
            name: "SupervisorHost", dependencies: ["CLinux", "LinuxSystem", "Supervisor"],
            path: "Tests/KernelTests/SupervisorHost",
            swiftSettings: strict),
        kernelTests(
            "LocalEngine",
            [
                "EngineModel", "ImageBuilder", "LinuxSystem", "Primitives", "StateStore", "Supervisor",
                "SupervisorForTests", "SupervisorHost", system,
            ]),

        // What takes text from outside. The tests replay the corpus; `make fuzz` looks for more (see below).
        testSupport(
            "FuzzTargets", "Tests/Fuzz/FuzzTargets",
            ["ComposeLoader", "ComposeModel", "Dockerfile", "ImageModel", "Primitives", "Templates", "YAML"]),
        .testTarget(
            name: "FuzzTests", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/FuzzTests", swiftSettings: strict),

        // Drives the built binary.
        .testTarget(
            name: "EndToEndTests", dependencies: ["CLinux", "LinuxSystem", system],
            path: "Tests/EndToEndTests", exclude: ["DockerfileCases"], swiftSettings: strict),
    ]
)

// The fuzzer has its main() from libFuzzer, so it only links in a build with `--sanitize fuzzer`.
if Context.environment["COMPOSE_FUZZER"] != nil {
    package.targets.append(
        .executableTarget(name: "fuzzer", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Fuzzer"))
}
