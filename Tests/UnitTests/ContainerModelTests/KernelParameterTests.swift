import ContainerModel
import Primitives
import Testing

struct KernelParameterTests {
    @Test(arguments: [
        ("net.core.somaxconn", KernelParameter.Namespace.network, "net.core.somaxconn"),
        ("net/ipv4/conf/eth0.1/rp_filter", .network, "net.ipv4.conf.eth0.1.rp_filter"),
        ("kernel.shmmax", .ipc, "kernel.shmmax"), ("fs.mqueue.msg_max", .ipc, "fs.mqueue.msg_max"),
        ("kernel.domainname", .uts, "kernel.domainname"),
    ])
    func aParameterBelongsToANamespace(
        text: String, namespace: KernelParameter.Namespace, name: String
    ) throws {
        let parameter = try KernelParameter(text, "1")
        #expect(parameter.namespace == namespace)
        #expect(parameter.name == name)
    }

    @Test(arguments: [
        ("kernel.panic", "1"), ("vm.swappiness", "1"), ("net", "1"), ("net..x", "1"), ("net.ipv4/x", "1"),
        ("net.core.x", "1\n2"), ("net/../kernel", "1"),
    ])
    func whatIsTheHostsOrNoNameIsRefused(name: String, value: String) {
        #expect(throws: GrammarError.self) { try KernelParameter(name, value) }
    }

    @Test func capabilitiesHaveOneNameInAnyCaseWithOrWithoutItsPrefix() {
        #expect(CapabilityName("cap_net_admin")?.number == 12)
        #expect(CapabilityName("NET_ADMIN")?.description == "NET_ADMIN")
        #expect(CapabilityName("ALL") == nil && CapabilityName.meansAll("cap_all"))
        #expect(CapabilityName("NOPE") == nil)
    }

    @Test(arguments: [("/a/../b//c", "/b/c"), ("/proc/cpuinfo", "/proc/cpuinfo"), ("/procedures", "/procedures")])
    func aMountsTargetIsAnAbsolutePath(path: String, clean: String) throws {
        #expect(try MountTarget.clean(path) == clean)
    }

    @Test(arguments: ["", "x", "./x", "/", "/a/..", "/proc", "/proc/1", "/x/../proc/sys"])
    func nothingIsMountedOverTheRootOrTheKernelsFiles(path: String) {
        #expect(throws: GrammarError.self) { try MountTarget.clean(path) }
    }
}
