import ComposeModel
import ContainerModel
import EngineDouble
import EngineModel
import Primitives
import Reconciler
import Testing

struct TranslationTests {
    /// What a service becomes.
    private func configuration(_ change: (inout Service) -> Void, of name: String = "p-web-1") throws
        -> ContainerConfiguration
    {
        var project = project("web", "db")
        if var service = project.services["web"] {
            change(&service)
            project.services["web"] = service
        }
        var secret = SecretConfig()
        secret.content = "geheim"
        project.secrets["token"] = secret
        var file = ConfigObject()
        file.file = "/srv/p/app.conf"
        project.configs["conf"] = file
        let made = try plan(project, on: makeEngine()).operations.compactMap { operation in
            if case .createContainer(let configuration, _) = operation.action { configuration } else { nil }
        }
        return try #require(made.first { $0.name == name })
    }

    @Test
    func namesLabelsAndAliases() throws {
        let made = try configuration { $0.dependsOn = ["db": ServiceDependency(condition: .healthy, restart: true)] }
        #expect(made.labels["com.docker.compose.project"] == "p")
        #expect(made.labels["com.docker.compose.service"] == "web")
        #expect(made.labels["com.docker.compose.container-number"] == "1")
        #expect(made.labels["com.docker.compose.oneoff"] == "False")
        #expect(made.labels["com.docker.compose.image"] == "sha256:1")
        #expect(made.labels["com.docker.compose.depends_on"] == "db:service_healthy:true")
        #expect(made.labels["com.docker.compose.project.working_dir"] == "/srv/p")
        #expect(made.networks.map(\.network) == ["p_default"])
        #expect(made.networks.first?.aliases == ["p-web-1", "web"])
    }

    @Test
    func anExternalNetworkThatIsTheHostsIsAMode() throws {
        func make(_ name: String, besides: Bool = false) throws -> ContainerConfiguration {
            let project = project("web") { project in
                var network = NetworkConfig()
                network.external = true
                network.name = name
                project.networks["outside"] = network
                project.services["web"]?.networks = besides ? ["outside": nil, "default": nil] : ["outside": nil]
            }
            let made = try plan(project, on: makeEngine()).operations.compactMap { operation in
                if case .createContainer(let configuration, _) = operation.action { configuration } else { nil }
            }
            return try #require(made.first)
        }
        let host = try make("host")
        #expect(host.networkMode == .host)
        #expect(host.networks.isEmpty)
        #expect(try make("none").networkMode == .none)
        #expect(throws: PlanFailure.self) { try make("host", besides: true) }
    }

    @Test
    func aSeccompProfilesFileIsBelowTheProjectsDirectory() throws {
        let made = try configuration { service in
            service.securityOpt = [
                "seccomp=./profiles/../a.json", "seccomp:b.json", "seccomp=/c.json", "seccomp=unconfined",
                "seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\"}", "no-new-privileges:true",
            ]
        }
        #expect(
            made.securityOpt == [
                "seccomp=/srv/p/a.json", "seccomp=/srv/p/b.json", "seccomp=/c.json", "seccomp=unconfined",
                "seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\"}", "no-new-privileges:true",
            ])
    }

    @Test
    func secretsAndConfigsATextIsWrittenIntoTheContainerAFileIsMountedReadOnly() throws {
        let made = try configuration { service in
            var secret = FileReference(source: "token")
            secret.mode = 0o400
            secret.uid = "33"
            service.secrets = [secret]
            service.configs = [FileReference(source: "conf")]
        }
        #expect(made.files == [InjectedFile(target: "/run/secrets/token", content: "geheim", mode: 0o400, uid: 33)])
        #expect(made.mounts.map(\.target) == ["/conf"] && made.mounts.allSatisfy(\.readOnly))
    }

    @Test
    func deployLimitsOverrideTheShortAttributesAGracePeriodIsRoundedUpToSeconds() throws {
        let made = try configuration { service in
            service.memLimit = 1
            service.cpus = 0.5
            var deploy = DeployConfig()
            deploy.resources.limits = ResourceConfig()
            deploy.resources.limits?.memory = 64 << 20
            deploy.restartPolicy = DeployRestartPolicy()
            deploy.restartPolicy?.condition = "on-failure"
            deploy.restartPolicy?.maxAttempts = 3
            service.deploy = deploy
            service.stopGracePeriod = .milliseconds(1500)
        }
        #expect(made.resources.memory == 64 << 20 && made.resources.nanoCPUs == 500_000_000)
        #expect(made.restart == .onFailure(maximumRetries: 3) && made.stopTimeout == 2)
    }

    @Test
    func namespacesAndVolumesOfAnotherServiceAreThoseOfItsFirstContainer() throws {
        let made = try configuration { service in
            service.networks = [:]
            service.networkMode = "service:db"
            service.pid = "service:db"
            service.volumesFrom = ["db:ro"]
        }
        #expect(made.networkMode == .container("p-db-1") && made.pid == .container("p-db-1"))
        #expect(made.volumesFrom == ["p-db-1:ro"])
    }

    @Test
    func portsExposedRangesLinksAndExtraHosts() throws {
        let made = try configuration { service in
            service.ports = [
                PortConfig(PortMapping(hostAddress: .v4(.loopback), hostPorts: PortRange(8080), containerPort: 80))
            ]
            service.expose = ["7000-7001/udp"]
            service.links = ["db:database"]
            service.extraHosts = ["host": ["10.0.0.1", "10.0.0.2"]]
        }
        #expect(
            made.ports == [
                PortMapping(hostAddress: .v4(.loopback), hostPorts: PortRange(8080), containerPort: 80)
            ])
        #expect(made.exposedPorts == [ContainerPort(7000, .udp), ContainerPort(7001, .udp)])
        #expect(made.links == ["database": "p-db-1"])
        #expect(made.extraHosts == ["host:10.0.0.1", "host:10.0.0.2"])
    }

    @Test
    func aOneOffContainerHasItsOwnNameNoPortsOwnerNumberAndNoneOfTheServicesAliases() throws {
        let project = project("web")
        let (_, made) = try planRun(
            "web", of: project, observe(project, engine: makeEngine()), UpOptions(),
            slug: String(repeating: "ab", count: 32), name: nil, useAliases: false, digest: digest)
        #expect(made.name == "p-web-run-abababababab")
        #expect(made.labels["com.docker.compose.oneoff"] == "True")
        #expect(made.labels["com.docker.compose.container-number"] == nil)
        #expect(made.networks.first?.aliases == ["p-web-run-abababababab"])
    }
}
