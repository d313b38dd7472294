import ComposeModel
import Testing

@testable import ComposeCLI

/// What is shown before a file from elsewhere is started.
struct HostAccessTests {
    private func project(_ change: (inout Service) -> Void) -> Project {
        var service = Service(name: "web")
        change(&service)
        var project = Project(name: "p", workingDirectory: "/fetched/abc")
        project.services = ["web": service]
        return project
    }

    @Test
    func aPlainContainerAsksForNothing() {
        let plain = project {
            $0.volumes = [
                ServiceVolume(kind: .volume, source: "data", target: "/data"),
                ServiceVolume(kind: .bind, source: "/fetched/abc/conf", target: "/conf"),
            ]
        }
        #expect(HostAccess.lines(plain, roots: ["/fetched/abc"]) == [])
    }

    @Test
    func eachWayToTheHostIsNamed() {
        let wishes = project {
            $0.provider = ProviderConfig(type: "cloud")
            $0.privileged = true
            $0.capAdd = ["SYS_ADMIN"]
            $0.networkMode = "host"
            $0.pid = "host"
            $0.securityOpt = ["seccomp=unconfined", "no-new-privileges"]
            var etc = ServiceVolume(kind: .bind, source: "/etc", target: "/e")
            etc.readOnly = true
            $0.volumes = [ServiceVolume(kind: .bind, source: "/", target: "/h"), etc]
        }
        #expect(
            HostAccess.lines(wishes, roots: ["/fetched/abc"]) == [
                "service web: the host's program cloud, privileged, capabilities SYS_ADMIN, the host's network, the host's processes, "
                    + "seccomp=unconfined, /, /etc to read"
            ])
    }

    @Test
    func volumesSecretsAndConfigsCanBeFilesOfTheHost() {
        var files = project { _ in }
        var volume = VolumeConfig()
        volume.driverOptions = ["type": "none", "o": "bind", "device": "/srv"]
        files.volumes = ["data": volume]
        var key = SecretConfig()
        key.file = "/root/.ssh/id"
        var token = SecretConfig()
        token.environment = "TOKEN"
        files.secrets = ["key": key, "token": token]
        #expect(
            HostAccess.lines(files, roots: ["/fetched/abc"]) == [
                "volume data: /srv", "secret key: /root/.ssh/id", "secret token: the variable TOKEN",
            ])
    }
}
