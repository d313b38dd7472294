import Cgroups
import ContainerModel
import Testing

struct CgroupHostTests {
    private let hybrid = """
        23 1 254:0 / / rw,relatime - ext4 /dev/vda rw
        31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:3 - cgroup cgroup rw,cpu,cpuacct
        35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        36 31 0:33 / /mnt/a\\040b rw,relatime - cgroup cgroup rw,xattr,name=systemd
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        42 31 0:32 / /elsewhere rw,relatime - cgroup cgroup rw,memory
        """

    @Test func hybridHostsKeepTheirControllersInVersion1() {
        let host = CgroupHost.parse(mountInfo: hybrid) { _ in "hugetlb\n" }
        #expect(
            host.hierarchies.map(\.mountPoint) == [
                "/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/memory", "/mnt/a b", "/sys/fs/cgroup/unified",
            ])
        #expect(!host.isUnified)
        #expect(host.hierarchy(of: "cpuacct")?.name == "cpu,cpuacct")
        #expect(host.hierarchy(of: "hugetlb")?.version == .v2)
        #expect(host.hierarchy(of: "pids") == nil)
        #expect(host.hierarchies[2].controllers == ["name=systemd"])
    }

    @Test func aUnifiedHostHasOneTree() {
        let host = CgroupHost.parse(mountInfo: "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate") { _ in
            "cpuset cpu io memory pids\n"
        }
        #expect(host.isUnified)
        #expect(host.hierarchy(of: "memory")?.mountPoint == "/sys/fs/cgroup")
    }

    @Test func parentsStayBelowTheMountPoint() throws {
        let host = CgroupHost(hierarchies: [])
        #expect(try ContainerCgroup(host: host, parent: "/a//b/", id: "x").parent == "/a/b")
        #expect(try ContainerCgroup(host: host, parent: nil, id: "x").parent == "/compose")
        for parent in ["/", "", "/a/../..", "/./a"] {
            #expect(throws: CgroupError.self) { try ContainerCgroup(host: host, parent: parent, id: "x") }
        }
        #expect(throws: CgroupError.self) { try ContainerCgroup(host: host, parent: nil, id: "../x") }
    }
}

struct CgroupSettingTests {
    private func settings(_ version: CgroupHierarchy.Version, _ change: (inout ResourceLimits) -> Void) -> [String] {
        var limits = ResourceLimits()
        change(&limits)
        return limits.settings(version: version).map(\.description)
    }

    @Test func memoryAloneAllowsAsMuchSwap() {
        #expect(
            settings(.v1) { $0.memory = 100 << 20 } == [
                "memory memory.limit_in_bytes 104857600", "memory memory.memsw.limit_in_bytes 209715200",
            ])
        #expect(
            settings(.v2) { $0.memory = 100 << 20 } == [
                "memory memory.max 104857600", "memory memory.swap.max 104857600",
            ])
    }

    @Test func swapIsATotalInVersion1AndADifferenceInVersion2() {
        let change: (inout ResourceLimits) -> Void = { limits in
            limits.memory = 100
            limits.memorySwap = 130
        }
        #expect(settings(.v1, change).last == "memory memory.memsw.limit_in_bytes 130")
        #expect(settings(.v2, change).last == "memory memory.swap.max 30")
        #expect(
            settings(.v2) {
                $0.memory = 100; $0.memorySwap = -1
            }.last == "memory memory.swap.max max")
        #expect(
            settings(.v1) {
                $0.memory = 100; $0.memorySwap = -1
            } == ["memory memory.limit_in_bytes 100"])
    }

    @Test func processorsBecomeAQuotaOrAWeight() {
        #expect(
            settings(.v1) { $0.nanoCPUs = 1_500_000_000 } == [
                "cpu cpu.cfs_period_us 100000", "cpu cpu.cfs_quota_us 150000",
            ])
        #expect(settings(.v2) { $0.nanoCPUs = 500_000_000 } == ["cpu cpu.max 50000 100000"])
        #expect(settings(.v2) { $0.cpuPeriod = 50000 } == ["cpu cpu.max max 50000"])
        #expect(settings(.v2) { $0.cpuShares = 1024 } == ["cpu cpu.weight 100"])
        #expect(settings(.v2) { $0.cpuShares = 2 } == ["cpu cpu.weight 1"])
        #expect(settings(.v2) { $0.cpuShares = 262_144 } == ["cpu cpu.weight 10000"])
    }

    @Test func otherLimitsAreTheSameEverywhere() {
        let change: (inout ResourceLimits) -> Void = { limits in
            limits.pids = -1
            limits.cpusetCPUs = "0-1"
        }
        #expect(settings(.v1, change) == ["cpuset cpuset.cpus 0-1", "pids pids.max max"])
        #expect(settings(.v2, change) == settings(.v1, change))
    }
}
