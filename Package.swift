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

/// A Swift target: one room of a storey.
func room(_ storey: String, _ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(storey)/\(name)", swiftSettings: strict)
}

/// A C target: what Swift cannot see or must not do.
func cRoom(_ storey: String, _ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(storey)/\(name)",
        cSettings: [.define("_GNU_SOURCE")])
}

/// A C library of the Debian package `package`.
func library(_ name: String, pkgConfig: String, package: String) -> Target {
    .systemLibrary(name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

/// The unit tests of a room: no root, no network, no sleep.
func unitTests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies,
        path: "Tests/UnitTests/\(name)Tests", exclude: exclude, swiftSettings: strict)
}

/// The tests of a room with real kernel objects: root, always cleaned up.
func kernelTests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)KernelTests", dependencies: [.byName(name: name)] + dependencies,
        path: "Tests/KernelTests/\(name)KernelTests", swiftSettings: strict)
}

let package = Package(
    name: "compose",
    products: [.executable(name: "compose", targets: ["compose"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        // System
        library("CYAML", pkgConfig: "yaml-0.1", package: "libyaml-dev"),
        library("CArchive", pkgConfig: "libarchive", package: "libarchive-dev"),
        library("CSeccomp", pkgConfig: "libseccomp", package: "libseccomp-dev"),
        library("CSQLite", pkgConfig: "sqlite3", package: "libsqlite3-dev"),
        library("CNettle", pkgConfig: "nettle", package: "nettle-dev"),
        cRoom("System", "CLinux"),
        cRoom("System", "CCurl"),
        room("System", "Primitives"),
        room("System", "LinuxSystem", ["CLinux", "Primitives", system]),

        // Container
        room("Container", "ContainerSpec", ["Primitives"]),
        cRoom("Container", "CLaunch"),
        room("Container", "Cgroups", ["CLinux", "LinuxSystem", "Primitives", "ContainerSpec", system]),
        room("Container", "Seccomp", ["CSeccomp"]),
        room(
            "Container", "ContainerRuntime",
            ["CLaunch", "CLinux", "LinuxSystem", "Primitives", "ContainerSpec", "Cgroups", "Seccomp", system]),

        // Network
        room("Network", "Netlink", ["CLinux", "LinuxSystem", "Primitives", system]),
        room("Network", "Firewall", ["Primitives"]),
        room("Network", "DNS", ["CLinux", "LinuxSystem", "Primitives", system]),
        room("Network", "PortProxy", ["CLinux", "LinuxSystem", "Primitives", system]),
        room(
            "Network", "ContainerNetwork",
            ["CLinux", "Netlink", "Firewall", "DNS", "PortProxy", "LinuxSystem", "Primitives", system]),

        // Image
        room("Image", "OCIImage", ["Engine", "Primitives"]),
        room("Image", "Archive", ["CArchive", "CNettle", "CLinux", "LinuxSystem", "Primitives", system]),
        room(
            "Image", "ImageStore",
            ["OCIImage", "Archive", "Engine", "StateStore", "CLinux", "LinuxSystem", "Primitives", system]),
        room(
            "Image", "Registry",
            ["CCurl", "ImageStore", "OCIImage", "Archive", "Engine", "CLinux", "LinuxSystem", "Primitives", system]),
        room("Image", "Dockerfile", ["Engine", "OCIImage", "Primitives"]),
        room(
            "Image", "ImageBuilder",
            [
                "Dockerfile", "Registry", "ImageStore", "OCIImage", "Archive", "Engine", "StateStore", "CLinux",
                "LinuxSystem", "Primitives", system,
            ]),

        // Engine
        room("Engine", "Engine", ["Primitives"]),
        room("Engine", "StateStore", ["Engine", "CSQLite", "CLinux", "Primitives", "LinuxSystem", system]),
        room(
            "Engine", "Supervisor",
            [
                "Engine", "StateStore", "ContainerSpec", "ContainerRuntime", "ContainerNetwork", "DNS", "PortProxy",
                "LinuxSystem", "CLinux", "Primitives", system,
            ]),
        room(
            "Engine", "LocalEngine",
            [
                "Engine", "StateStore", "Supervisor", "ImageStore", "ImageBuilder", "OCIImage", "Archive",
                "ContainerSpec",
                "ContainerRuntime", "ContainerNetwork", "Cgroups", "LinuxSystem", "CLinux", "Primitives", system,
            ]),

        // Project
        room("Project", "YAML", ["CYAML"]),
        room("Project", "ComposeModel", ["Primitives"]),
        room("Project", "ComposeLoader", ["YAML", "ComposeModel", "Archive", "Primitives"]),
        room("Project", "Reconciler", ["ComposeModel", "Engine", "Primitives"]),

        // CLI
        room("CLI", "TerminalUI", ["CLinux", "LinuxSystem", "Primitives", system]),
        room(
            "CLI", "ComposeCLI",
            [
                "TerminalUI", "ComposeLoader", "ComposeModel", "Reconciler", "Engine", "LocalEngine", "Supervisor",
                "StateStore", "ImageStore", "Registry", "ImageBuilder", "Dockerfile", "OCIImage", "Archive", "CLinux",
                "LinuxSystem", "Primitives", system,
                argumentParser,
            ]),
        .executableTarget(
            name: "compose", dependencies: ["ComposeCLI", "Supervisor"], path: "Sources/CLI/compose",
            swiftSettings: strict),

        unitTests("YAML"),
        unitTests("ComposeLoader", ["Archive", "ComposeModel", "YAML"], exclude: ["Golden"]),
        .target(
            name: "EngineDouble", dependencies: ["Engine", "LinuxSystem", "Primitives"],
            path: "Tests/UnitTests/EngineDouble", swiftSettings: strict),
        unitTests(
            "Reconciler", ["ComposeLoader", "ComposeModel", "Engine", "EngineDouble", "LinuxSystem", "Primitives"]),
        unitTests("TerminalUI", ["LinuxSystem", "Primitives", system]),
        unitTests(
            "ComposeCLI",
            [
                "ComposeModel", "Engine", "EngineDouble", "ImageBuilder", "LinuxSystem", "OCIImage", "Primitives",
                "Reconciler", "Registry", "TerminalUI", system,
                argumentParser,
            ]),
        unitTests("LocalEngine", ["Engine", "OCIImage", "ContainerSpec", "Primitives"]),

        unitTests("Netlink", ["Primitives", system]),
        unitTests("Firewall", ["Primitives"]),
        unitTests("DNS", ["LinuxSystem", "Primitives"]),
        unitTests("ContainerNetwork", ["Primitives"]),
        kernelTests("ContainerNetwork", ["CLinux", "Netlink", "Firewall", "LinuxSystem", "Primitives", system]),
        unitTests("Cgroups", ["ContainerSpec", "LinuxSystem"]),
        unitTests("Seccomp", ["CSeccomp"]),
        unitTests("ContainerRuntime", ["ContainerSpec", "Cgroups"]),
        kernelTests(
            "ContainerRuntime", ["ContainerSpec", "Cgroups", "CLinux", "LinuxSystem", "Primitives", system]),
        unitTests("Supervisor", ["Engine", "LinuxSystem", "Primitives", "StateStore"]),
        kernelTests(
            "Supervisor",
            [
                "CLinux", "ContainerNetwork", "ContainerSpec", "Engine", "LinuxSystem", "Primitives", "StateStore",
                "SupervisorHost", system,
            ]),
        .executableTarget(
            name: "SupervisorHost", dependencies: ["Supervisor"], path: "Tests/KernelTests/SupervisorHost",
            swiftSettings: strict),
        kernelTests(
            "LocalEngine",
            [
                "CLinux", "ContainerNetwork", "Engine", "ImageBuilder", "LinuxSystem", "Primitives", "StateStore",
                "Supervisor", "SupervisorHost", system,
            ]),
        unitTests("OCIImage", ["Engine"]),
        kernelTests("Archive", ["CLinux", "LinuxSystem", system]),
        kernelTests(
            "ImageStore",
            ["Archive", "CLinux", "Engine", "LinuxSystem", "OCIImage", "Primitives", "StateStore", system]),
        unitTests("Registry", ["CLinux", "Engine", "LinuxSystem", "OCIImage", "Primitives", system]),
        kernelTests(
            "Registry",
            [
                "Archive", "CLinux", "Engine", "ImageStore", "LinuxSystem", "OCIImage", "Primitives", "StateStore",
                system,
            ]),
        unitTests("Dockerfile", ["Engine", "OCIImage", "Primitives"], exclude: ["Golden"]),
        unitTests("ImageBuilder", ["Dockerfile", "Engine", "LinuxSystem", "OCIImage", "Primitives"]),
        kernelTests(
            "ImageBuilder",
            [
                "Archive", "CLinux", "Dockerfile", "Engine", "ImageStore", "LinuxSystem", "LocalEngine", "OCIImage",
                "Primitives", "Registry", "StateStore", "SupervisorHost", system,
            ]),
        unitTests("StateStore", ["Engine", "LinuxSystem", "Primitives"]),

        // What takes text from outside. The tests replay the corpus; `make fuzz` looks for more (see below).
        .target(
            name: "FuzzTargets", dependencies: ["ComposeLoader", "ComposeModel", "Dockerfile", "OCIImage", "YAML"],
            path: "Tests/Fuzz/FuzzTargets", swiftSettings: strict),
        .testTarget(
            name: "FuzzTests", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/FuzzTests", swiftSettings: strict),

        // Drives the built binary.
        .testTarget(
            name: "EndToEndTests", dependencies: ["CLinux", "LinuxSystem", "Primitives", system],
            path: "Tests/EndToEndTests", exclude: ["DockerfileCases"], swiftSettings: strict),
    ]
)

// The fuzzer has its main() from libFuzzer, so it only links in a build with `--sanitize fuzzer`.
if Context.environment["COMPOSE_FUZZER"] != nil {
    package.targets.append(
        .executableTarget(name: "fuzzer", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Fuzzer"))
}
