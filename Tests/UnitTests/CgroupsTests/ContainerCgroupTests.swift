import Cgroups
import ContainerModel
import Glibc
import LinuxSystem
import Testing

/// Groups in an ordinary directory: what is written where.
struct ContainerCgroupTests {
    private let base = "/tmp/compose-cgroup-test-\(getpid())-\(monotonicNanoseconds())"

    private func host(_ version: CgroupHierarchy.Version, _ names: [String]) throws -> CgroupHost {
        CgroupHost(
            hierarchies: try names.map { name in
                try Files.makeDirectories("\(base)/\(name)")
                return CgroupHierarchy(version: version, mountPoint: "\(base)/\(name)", controllers: [name])
            })
    }

    /// The kernel makes a group's files with it; here they have to be there before.
    private func prepare(_ path: String, _ files: [String]) throws {
        try Files.makeDirectories(path)
        for file in files { try Files.replace("\(path)/\(file)", with: []) }
    }

    @Test func everyTreeGetsTheGroupWithItsLimits() throws {
        defer { try? Files.removeTree(base) }
        let host = try host(.v1, ["memory", "pids", "cpuset", "devices"])
        let group = try ContainerCgroup(host: host, parent: nil, id: "abc")
        try prepare("\(base)/memory/compose/abc", ["memory.limit_in_bytes"])
        try prepare("\(base)/pids/compose/abc", ["pids.max"])
        try prepare("\(base)/devices/compose/abc", ["devices.deny", "devices.allow"])
        try prepare("\(base)/cpuset", ["cpuset.cpus", "cpuset.mems"])
        try Files.write("0-3\n", to: "\(base)/cpuset/cpuset.cpus")
        try prepare("\(base)/cpuset/compose/abc", ["cpuset.cpus", "cpuset.mems"])
        try prepare("\(base)/cpuset/compose", ["cpuset.cpus", "cpuset.mems"])
        var limits = ResourceLimits()
        limits.memory = 4096
        limits.pids = 7
        try group.create(limits, devices: [DeviceRule(.character, 1, 3, "rwm")])
        #expect(Files.text("\(base)/memory/compose/abc/memory.limit_in_bytes") == "4096")
        #expect(Files.text("\(base)/pids/compose/abc/pids.max") == "7")
        #expect(Files.text("\(base)/devices/compose/abc/devices.deny") == "a")
        #expect(Files.text("\(base)/devices/compose/abc/devices.allow") == "c 1:3 rwm")
        #expect(Files.text("\(base)/cpuset/compose/abc/cpuset.cpus") == "0-3\n")
        #expect(group.membershipFilesV1.first == "\(base)/memory/compose/abc/cgroup.procs")
    }

    @Test func aLimitWithoutItsControllerIsAnError() throws {
        defer { try? Files.removeTree(base) }
        let group = try ContainerCgroup(host: try host(.v1, ["pids"]), parent: nil, id: "abc")
        var limits = ResourceLimits()
        limits.memory = 4096
        let error = #expect(throws: CgroupError.self) { try group.create(limits, devices: nil) }
        #expect(error?.isUnsupported == true)
        // Nothing stays behind.
        #expect(!Files.exists("\(base)/pids/compose/abc"))
    }

    @Test func aHostThatCannotRestrictDevicesIsRefused() throws {
        defer { try? Files.removeTree(base) }
        let group = try ContainerCgroup(host: try host(.v1, ["pids"]), parent: nil, id: "abc")
        let error = #expect(throws: CgroupError.self) {
            try group.create(ResourceLimits(), devices: DeviceRule.defaults)
        }
        #expect(error?.isUnsupported == true)
        // Privileged ones may use all of them anyway.
        try group.create(ResourceLimits(), devices: nil)
        #expect(Files.exists("\(base)/pids/compose/abc"))
    }

    /// An ordinary directory takes no program: that it is tried is what counts.
    @Test func aTreeOfVersion2RestrictsDevicesBesideAnyOfVersion1() throws {
        defer { try? Files.removeTree(base) }
        var mixed = try host(.v1, ["net_cls"])
        mixed.hierarchies += try host(.v2, ["unified"]).hierarchies
        let group = try ContainerCgroup(host: mixed, parent: nil, id: "abc")
        let error = #expect(throws: CgroupError.self) {
            try group.create(ResourceLimits(), devices: DeviceRule.defaults)
        }
        #expect(error?.step == "restrict devices" && error?.cause != nil)
    }

    @Test func usageIsReadFromVersion1Files() throws {
        defer { try? Files.removeTree(base) }
        let group = try ContainerCgroup(
            host: try host(.v1, ["memory", "cpuacct", "pids", "blkio"]), parent: nil, id: "x")
        let files = [
            ("memory/compose/x/memory.usage_in_bytes", "1000\n"),
            ("memory/compose/x/memory.stat", "cache 5\ntotal_inactive_file 300\n"),
            ("memory/compose/x/memory.limit_in_bytes", "9223372036854771712\n"),
            ("memory/compose/x/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n"),
            ("cpuacct/compose/x/cpuacct.usage", "12345\n"), ("pids/compose/x/pids.current", "3\n"),
            ("pids/compose/x/pids.max", "max\n"),
            ("blkio/compose/x/blkio.throttle.io_service_bytes", "8:0 Read 10\n8:0 Write 20\n8:16 Read 5\nTotal 35\n"),
        ]
        for (path, text) in files {
            try Files.makeDirectories("\(base)/\(path.prefix(upTo: path.lastIndex(of: "/")!))")
            try Files.replace("\(base)/\(path)", with: Array(text.utf8))
        }
        var expected = CgroupUsage()
        expected.processorNanoseconds = 12345
        expected.memory = 700
        expected.pids = 3
        expected.blockBytesRead = 15
        expected.blockBytesWritten = 20
        expected.outOfMemoryKills = 2
        #expect(group.usage() == expected)
    }
}
