import ComposeModel
import ContainerModel
import EngineModel
import ImageBuilder
import ImageModel
import LinuxSystem
import Testing

@testable import ComposeCLI

struct ServiceBuildTests {
    private func service(_ change: (inout Service, inout BuildConfig) -> Void = { _, _ in }) -> Service {
        var service = Service(name: "web")
        var build = BuildConfig()
        build.context = "/"
        change(&service, &build)
        service.build = build
        return service
    }

    private func request(
        _ service: Service, _ overrides: BuildOverrides = BuildOverrides(), environment: [String: String] = [:],
        secrets: [String: SecretConfig] = [:], results: [String: String] = [:]
    ) throws -> BuildRequest {
        var project = Project(name: "p", workingDirectory: "/")
        project.services["web"] = service
        project.environment = environment
        project.secrets = secrets
        let made = ServiceBuild(
            project, service, try #require(service.build), overrides, results: results)
        return try made.request()
    }

    @Test
    func theImageIsNamedAfterProjectAndServiceAndHasDockerComposesLabels() throws {
        let made = try request(service())
        #expect(made.tags.map(\.familiar) == ["p-web"])
        #expect(made.labels["com.docker.compose.project"] == "p" && made.labels["com.docker.compose.service"] == "web")
        #expect(made.context == .directory("/") && made.dockerfile == .inContext("Dockerfile"))
        #expect(made.network == .standard && made.entitlements.isEmpty && made.platform == nil)
    }

    @Test
    func valuesAreHandedOn() throws {
        let made = try request(
            service { service, build in
                service.image = "me/web:1"
                build.tags = ["me/web:2"]
                build.args = ["A": "1", "B": nil, "C": nil]
                build.target = "final"
                build.labels = ["x": "y"]
                build.extraHosts = ["h": ["1.1.1.1", "::1"]]
                build.shmSize = 1 << 20
                build.ulimits = ["nofile": UlimitConfig(soft: 1, hard: 2)]
                build.network = "host"
                build.privileged = true
                build.additionalContexts = ["base": "service:base", "img": "docker-image://busybox", "dir": "/"]
                build.cacheFrom = ["me/cache", "type=local,src=/c"]
                build.cacheTo = ["type=registry,ref=me/cache,mode=max"]
            }, environment: ["B": "2"], results: ["base": "sha256:1"])
        #expect(made.tags.map(\.familiar) == ["me/web:2", "me/web:1"])
        #expect(made.arguments == ["A": "1", "B": "2"])
        #expect(made.target == "final" && made.labels["x"] == "y" && made.shmSize == 1 << 20)
        #expect(made.extraHosts == ["h:1.1.1.1", "h:::1"])
        #expect(made.ulimits == [Ulimit(name: "nofile", soft: 1, hard: 2)])
        #expect(made.network == .host && made.privileged)
        #expect(made.entitlements == ["network.host", "security.insecure"])
        #expect(made.namedContexts["base"] == .build(id: "sha256:1"))
        #expect(made.namedContexts["img"] == .image(try ImageReference("busybox")))
        #expect(made.namedContexts["dir"] == .directory("/"))
        #expect(
            made.cacheFrom == [
                CacheLocation(.registry(try ImageReference("me/cache"))), CacheLocation(.local(directory: "/c")),
            ])
        #expect(made.cacheTo == [CacheLocation(.registry(try ImageReference("me/cache")), maximum: true)])
    }

    @Test
    func theCommandLinesWordsComeOnTop() throws {
        var overrides = BuildOverrides()
        overrides.arguments = ["A": "line"]
        overrides.noCache = true
        overrides.pull = true
        let made = try request(service { $1.args = ["A": "file", "B": "file"] }, overrides)
        #expect(made.arguments == ["A": "line", "B": "file"] && made.noCache && made.pull)
    }

    @Test(
        "a Dockerfile out of the context is one of the host",
        arguments: [
            ("Dockerfile.dev", DockerfileSource.inContext("Dockerfile.dev")), ("./a/../b", .inContext("b")),
            ("/etc/Dockerfile", .inContext("Dockerfile")), ("../Dockerfile", .hostFile("/Dockerfile")),
            ("/x/Dockerfile", .hostFile("/x/Dockerfile")),
        ])
    func dockerfile(path: String, source: DockerfileSource) {
        #expect(DockerfileSource(path, in: "/etc", relativeTo: "/etc") == source)
    }

    @Test
    func secretsComeFromFilesVariablesAndContents() throws {
        var file = SecretConfig()
        file.file = "/s"
        var variable = SecretConfig()
        variable.environment = "TOKEN"
        var reference = FileReference(source: "variable")
        reference.target = "token"
        let made = try request(
            service { $1.secrets = [FileReference(source: "file"), reference] }, environment: ["TOKEN": "t"],
            secrets: ["file": file, "variable": variable])
        #expect(
            made.secrets == [
                BuildSecret(id: "file", source: .file("/s")),
                BuildSecret(id: "token", source: .content(Array("t".utf8))),
            ])
    }

    @Test(
        "what cannot be done is refused by name",
        arguments: ["platforms", "network", "entitlements", "ssh", "secrets", "cache_from", "context"])
    func refused(attribute: String) throws {
        let service = service { _, build in
            switch attribute {
            case "platforms": build.platforms = ["windows/amd64"]
            case "network": build.network = "container:x"
            case "entitlements": build.entitlements = ["device.all"]
            case "ssh": build.ssh = [SSHKey(id: "default")]
            case "secrets": build.secrets = [FileReference(source: "missing")]
            case "cache_from": build.cacheFrom = ["type=gha"]
            default: build.context = "/nowhere/at/all"
            }
        }
        let error = #expect(throws: CommandError.self) { try request(service) }
        #expect(error?.message.contains(attribute) == true)
    }

    @Test
    func severalPlatformsAreTheBuildersChoiceForAContainerAndADemandForABuild() throws {
        let service = service { $1.platforms = ["linux/amd64", "linux/arm64", "linux/s390x"] }
        #expect(try request(service).platform == nil)
        var overrides = BuildOverrides()
        overrides.onePlatform = false
        #expect(throws: CommandError.self) { try request(service, overrides) }
    }

    @Test(
        "contexts are directories, repositories, archives or images",
        arguments: [
            ("./a", ContextSource.directory("./a")), ("https://h/r.git#main:sub", .git("https://h/r.git#main:sub")),
            ("git@h:r.git", .git("git@h:r.git")), ("https://h/a.tar.gz", .url("https://h/a.tar.gz")),
            ("github.com/a/b", .git("github.com/a/b")),
        ])
    func contexts(text: String, source: ContextSource) throws {
        #expect(try ContextWords.meaning(of: text) == .source(source))
    }

    @Test
    func theWordsOfDockerBuildsOptions() throws {
        let environment = ["TOKEN": "t"]
        func secret(_ words: String) throws -> BuildSecret {
            try BuildWords.secret(words, environment: environment, workingDirectory: "/w")
        }
        #expect(try secret("id=a,src=f") == BuildSecret(id: "a", source: .file("/w/f")))
        #expect(try secret("id=a,env=TOKEN") == BuildSecret(id: "a", source: .content([0x74])))
        #expect(try secret("id=TOKEN") == BuildSecret(id: "TOKEN", source: .content([0x74])))
        #expect(throws: CommandError.self) { try secret("id=a,dst=b") }
        #expect(try BuildWords.ulimit("nofile=1:2") == Ulimit(name: "nofile", soft: 1, hard: 2))
        #expect(try BuildWords.bytes("64m", "--shm-size") == 64 << 20)
        #expect(throws: CommandError.self) { try BuildWords.bytes("x", "--shm-size") }
        #expect(try BuildOutput("out") == .directory("out") && BuildOutput("-") == .tar("-"))
        #expect(try BuildOutput("type=oci,dest=a.tar") == .archive("a.tar"))
        #expect(try BuildOutput("type=image,push=true") == .registry)
        #expect(throws: CommandError.self) { try BuildOutput("type=local") }
        #expect(BuildWords.arguments(["A=1", "TOKEN", "NOT"], environment: environment) == ["A": "1", "TOKEN": "t"])
        #expect(BuildScreen.name("[2/5] RUN make", of: "web") == "[web 2/5] RUN make")
        #expect(BuildScreen.name("exporting to image", of: "web") == "[web] exporting to image")
    }
}
