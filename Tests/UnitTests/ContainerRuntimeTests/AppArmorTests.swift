import ContainerModel
import LinuxSystem
import Primitives
import Synchronization
import Testing

@testable import ContainerRuntime

struct AppArmorTests {
    /// A host that knows these profiles.
    private func host(_ profiles: Set<String>?, parser: String? = "/sbin/apparmor_parser") -> AppArmorHost {
        AppArmorHost(profiles: { profiles }, parser: parser, load: { _, _ in })
    }

    private func profile(_ wanted: String?, privileged: Bool = false, _ host: AppArmorHost?) throws -> String? {
        try AppArmorHost.profile(wanted: wanted, isPrivileged: privileged, host: host)
    }

    @Test func containersGetOurProfileUnlessTheFileSaysOtherwise() throws {
        let host = host(["docker-default"])
        #expect(try profile(nil, host) == "compose-default")
        #expect(try profile(nil, privileged: true, host) == nil)
        #expect(try profile("unconfined", host) == nil)
        #expect(try profile("docker-default", host) == "docker-default")
        #expect(try profile("docker-default", privileged: true, host) == "docker-default")
        // Asked for by its name, it is loaded as well.
        #expect(try profile("compose-default", host) == "compose-default")
    }

    @Test func aProfileThatIsNotLoadedIsNamed() throws {
        let error = try #require(throws: RuntimeError.self) { try profile("mine", host(["docker-default"])) }
        #expect(error.description == "cannot apply AppArmor profile \"mine\": it is not loaded on this host")
        let none = try #require(throws: RuntimeError.self) { try profile("mine", nil) }
        #expect(none.description == "cannot apply AppArmor profile \"mine\": this host has no AppArmor")
        #expect(none.code == .unsupported)
        // Who cannot see the list leaves it to the kernel.
        #expect(try profile("mine", host(nil)) == "mine")
    }

    @Test func whereOurProfileCannotBeLoadedContainersAreNotConfinedAndItIsSaid() throws {
        let bare = host([], parser: nil), blind = host(nil)
        #expect(try profile(nil, bare) == nil && profile(nil, blind) == nil && profile(nil, nil) == nil)
        #expect(bare.gap?.contains("apparmor_parser is not installed") == true)
        #expect(blind.gap?.contains("cannot be seen") == true)
        #expect(host([]).gap == nil)
        // Somebody else has loaded it.
        #expect(try profile(nil, host(["compose-default"], parser: nil)) == "compose-default")
        #expect(throws: RuntimeError.self) { try profile("compose-default", bare) }
    }

    @Test func ourProfileIsLoadedOnlyWhereItIsMissing() throws {
        let loaded = Mutex<[String]>([])
        var host = host(["docker-default"])
        host.load = { profile, parser in loaded.withLock { $0.append("\(profile.name) by \(parser)") } }
        try host.loadStandard()
        host.profiles = { ["compose-default"] }
        try host.loadStandard()
        #expect(loaded.withLock { $0 } == ["compose-default by /sbin/apparmor_parser"])
    }

    @Test func namesOfProfilesMayHaveSpaces() {
        let list = "/usr/bin/man (enforce)\nnvidia_modprobe//kmod (enforce)\na name (complain)\n"
        #expect(AppArmorHost.names(in: list) == ["/usr/bin/man", "nvidia_modprobe//kmod", "a name"])
    }

    @Test func ourProfileIncludesNothingAndFitsIntoAPipe() {
        let text = AppArmorProfile.standard.text
        #expect(text.hasPrefix("profile compose-default flags=(attach_disconnected,mediate_deleted) {\n"))
        #expect(text.hasSuffix("\n}\n") && text.utf8.count < 4096)
        #expect(!text.contains("include") && !text.contains("@"))
        for rule in ["deny mount,", "deny /proc/* w,", "signal receive peer=unconfined,", "peer=compose-default,"] {
            #expect(text.contains(rule), "\(rule)")
        }
    }
}
