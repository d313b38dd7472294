import CDI
import ContainerModel
import EngineModel
import Glibc
import LinuxSystem
import Primitives
import Testing

/// Specifications in folders, and what they change in a container.
struct CDITests {
    private func with(
        _ files: [String: String], _ body: (CDIRegistry) throws -> Void
    ) throws {
        let folder = "/tmp/compose-cdi-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        defer { try? Files.removeTree(folder) }
        for (path, text) in files {
            let whole = "\(folder)/\(path)"
            try Files.makeDirectories(String(whole[..<(whole.lastIndex(of: "/") ?? whole.endIndex)]))
            try Files.replace(whole, with: Array(text.utf8))
        }
        try body(CDIRegistry(folders: ["\(folder)/etc", "\(folder)/run", "\(folder)/missing"]))
    }

    private let vendor = """
        cdiVersion: "0.6.0"
        kind: vendor.com/gpu
        containerEdits:
          env: [DRIVER=vendor]
          hooks:
            - {hookName: createContainer, path: /usr/bin/link, args: [link, --all], timeout: 3}
        devices:
          - name: "0"
            containerEdits:
              env: [GPU=0]
              deviceNodes: [{path: /dev/gpu0, hostPath: /dev/null, permissions: rw, fileMode: 432, gid: 44}]
              mounts: [{hostPath: /usr/lib/vendor.so, containerPath: /lib/vendor.so, options: [ro, nosuid, bind]}]
              additionalGids: [44]
          - {name: "1", containerEdits: {env: [GPU=1]}}
          - {name: all, containerEdits: {env: [GPU=all]}}
        """

    private func spec(_ names: String..., registry: CDIRegistry) throws -> ContainerSpec {
        var spec = ContainerSpec(
            id: "abc", name: "web",
            root: RootFilesystem(lowerDirectories: ["/l"], upperDirectory: "/u", workDirectory: "/w"),
            process: ProcessSpec(arguments: ["serve"], environment: ["GPU=none", "A=1"]), directory: "/c")
        try registry.edits(for: names.compactMap { CDIDeviceName($0) }).apply(to: &spec)
        return spec
    }

    @Test func allEditsAreMade() throws {
        try with(["etc/vendor.yaml": vendor]) { (registry: CDIRegistry) throws in
            let spec = try spec("vendor.com/gpu=0", registry: registry)
            #expect(spec.process.environment == ["A=1", "DRIVER=vendor", "GPU=0"])
            var device = DeviceMapping(source: "/dev/null", target: "/dev/gpu0", permissions: "rw")
            device.fileMode = 432
            device.groupID = 44
            #expect(spec.devices == [device])
            #expect(
                spec.mounts == [
                    MountSpec(
                        source: .bind(
                            path: "/usr/lib/vendor.so", createIfMissing: false, propagation: nil, recursive: true),
                        target: "/lib/vendor.so", readOnly: true)
                ])
            var hook = HookSpec(.createContainer, path: "/usr/bin/link")
            hook.arguments = ["link", "--all"]
            hook.timeoutSeconds = 3
            #expect(spec.hooks == [hook])
            #expect(spec.process.additionalGroups == ["44"])
        }
    }

    @Test func whatIsCommonIsDoneOnce() throws {
        try with(["etc/vendor.yaml": vendor]) { (registry: CDIRegistry) throws in
            let spec = try spec("vendor.com/gpu=0", "vendor.com/gpu=1", registry: registry)
            #expect(spec.hooks?.count == 1)
            #expect(spec.process.environment == ["A=1", "DRIVER=vendor", "GPU=1"])
        }
    }

    @Test func theLaterFolderComesFirst() throws {
        let other =
            #"{"cdiVersion":"0.6.0","kind":"vendor.com/gpu","devices":[{"name":"1","containerEdits":{"env":["GPU=new"]}}]}"#
        try with(["etc/vendor.yaml": vendor, "run/other.json": other, "run/notes.txt": "{"]) {
            (registry: CDIRegistry) throws in
            #expect(try spec("vendor.com/gpu=1", registry: registry).process.environment == ["A=1", "GPU=new"])
        }
    }

    @Test func requestsBecomeDevices() throws {
        try with(["etc/vendor.yaml": vendor]) { (registry: CDIRegistry) throws in
            func names(_ request: DeviceRequest) throws -> [String] {
                try registry.devices(for: request).map(\.description)
            }
            #expect(try names(DeviceRequest(capabilities: ["gpu"])) == ["vendor.com/gpu=all"])
            #expect(try names(DeviceRequest(count: 1, capabilities: ["gpu"])) == ["vendor.com/gpu=0"])
            #expect(
                try names(DeviceRequest(driver: "vendor", deviceIDs: ["1"], capabilities: ["gpu"])) == [
                    "vendor.com/gpu=1"
                ])
            #expect(try names(DeviceRequest(driver: "cdi", deviceIDs: ["vendor.com/gpu=x"])) == ["vendor.com/gpu=x"])
            let many = #expect(throws: CDIError.self) { try names(DeviceRequest(count: 3, capabilities: ["gpu"])) }
            #expect(many?.reason == "there are 2 devices of kind vendor.com/gpu on this host")
            let none = #expect(throws: CDIError.self) {
                try names(DeviceRequest(driver: "nvidia", capabilities: ["gpu"]))
            }
            #expect(none?.reason == "could not select device driver \"nvidia\" with capabilities: [[gpu]]")
        }
    }

    @Test(arguments: [
        (
            "kind: a/b\ncdiVersion: 0.6.0\ndevices: [{name: x, containerEdits: {netDevices: [{}]}}]",
            "netDevices is not supported"
        ),
        ("kind: vendor\ncdiVersion: '0.6.0'", "kind \"vendor\" is not VENDOR/CLASS"),
        ("kind: v.com/b\ncdiVersion: '9.0'", "version 9.0 is not known"),
        ("kind: v.com/b\ncdiVersion: '0.6.0'\ndevices: [{name: x, wishes: {}}]", "a device has no \"wishes\""),
        (
            "kind: v.com/b\ncdiVersion: '0.6.0'\ncontainerEdits: {hooks: [{hookName: poststop, path: /x}]}",
            "hooks poststop are not supported, only createContainer and startContainer"
        ),
        (
            "kind: v.com/b\ncdiVersion: '0.6.0'\ncontainerEdits: {mounts: [{hostPath: a, containerPath: /b}]}",
            "hostPath \"a\" is not an absolute path"
        ),
        ("[", "a value is missing"),
    ])
    func aMistakeIsToldWithItsPlace(text: String, reason: String) throws {
        let error = try #require(throws: CDIError.self) { try with(["etc/bad.yaml": text]) { _ in } }
        #expect(error.subject.contains("/etc/bad.yaml:"))
        #expect(error.reason.contains(reason))
    }

    @Test func aDeviceThatNobodyDescribesSaysWhatThereIs() throws {
        try with(["etc/vendor.yaml": vendor]) { (registry: CDIRegistry) throws in
            let name = try #require(CDIDeviceName("vendor.com/gpu=7"))
            let error = #expect(throws: CDIError.self) { try registry.edits(for: [name]) }
            #expect(error?.hint == "there are 0, 1, all")
        }
    }
}
