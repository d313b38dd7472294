import ComposeModel
import EngineDouble
import EngineModel
import Primitives
import Reconciler
import Testing

struct UpPlanTests {
    @Test
    func aNewProjectNetworkAndVolumeContainersStartsAfterWhatTheyDependOn() throws {
        let project = project("db", "web") { project in
            project.volumes["data"] = VolumeConfig()
            project.services["db"]?.volumes = [ServiceVolume(kind: .volume, source: "data", target: "/data")]
            project.services["web"]?.dependsOn = ["db": ServiceDependency(condition: .healthy)]
        }
        #expect(
            try plan(project, on: makeEngine()).description == """
                1. create network p_default: not created yet
                2. create volume p_data: not created yet
                3. create container p-db-1 from app (after 1, 2): not created yet
                4. start container p-db-1 (after 3): created
                5. create container p-web-1 from app (after 1): not created yet
                6. wait for service_healthy of db (after 4): others depend on it
                7. start container p-web-1 (after 5, 6): created

                """)
    }

    @Test
    func aSecondUpKeepsEverything() throws {
        let engine = makeEngine()
        let project = project("db", "web")
        try carryOut(plan(project, on: engine), on: engine)
        #expect(
            try plan(project, on: engine).description == """
                1. keep container p-db-1: up to date
                2. keep container p-web-1: up to date

                """)
    }

    @Test
    func aContainerThatIsBeingStoppedIsStartedAndNotKept() throws {
        let engine = makeEngine()
        let project = project("db", "web")
        try carryOut(plan(project, on: engine), on: engine)
        engine.update { state in
            for index in state.containers.indices where state.containers[index].service == "web" {
                state.containers[index].isEnding = true
            }
        }
        #expect(
            try plan(project, on: engine).description == """
                1. keep container p-db-1: up to date
                2. start container p-web-1: it is being stopped

                """)
    }

    @Test
    func aChangedServiceIsReplacedWithTheReasonItsDependentsWithRestartAreStoppedAroundIt() throws {
        let engine = makeEngine()
        var project = project("db", "web") { project in
            project.services["web"]?.dependsOn = ["db": ServiceDependency(restart: true)]
        }
        try carryOut(plan(project, on: engine), on: engine)
        project.services["db"]?.environment["LEVEL"] = "debug"
        let old = try engine.container("p-db-1").id
        let web = try engine.container("p-web-1").id
        let temporary = "\(old.prefix(12))_p-db-1"
        #expect(
            try plan(project, on: engine).description == """
                1. stop container \(web): db is recreated
                2. create container \(temporary) from app: environment LEVEL changed
                3. stop container \(old) (after 2, 1): recreated
                4. remove container \(old) (after 3): recreated
                5. rename container \(temporary) to p-db-1 (after 4): recreated
                6. start container p-db-1 (after 5): recreated
                7. start container p-web-1 (after 1, 6): db is recreated

                """)
    }

    /// `shadow` is in the network of `db`, whatever its depends_on says.
    private func sharing() -> Project {
        project("db", "shadow") { project in
            project.services["shadow"]?.networks = [:]
            project.services["shadow"]?.networkMode = "service:db"
            project.services["shadow"]?.dependsOn = ["db": ServiceDependency()]
        }
    }

    @Test
    func whoSharesNamespacesFollowsTheReplacementOfTheirOwner() throws {
        let engine = makeEngine()
        var project = sharing()
        try carryOut(plan(project, on: engine), on: engine)
        project.services["db"]?.environment["LEVEL"] = "debug"
        let made = try plan(project, on: engine)
        let shadow = made.operations.filter { $0.service == "shadow" }
        // Its namespaces' owner has another id, which a container cannot learn later.
        #expect(
            shadow.first.map { "\($0.action): \($0.cause)" }?.hasSuffix("p-shadow-1 from app: db is recreated") == true)
        #expect(shadow.last.map { "\($0.action): \($0.cause)" } == "start container p-shadow-1: recreated")
        try carryOut(made, on: engine)
        #expect(try plan(project, on: engine).operations.map(\.cause) == ["up to date", "up to date"])
    }

    @Test
    func whoSharesNamespacesIsStartedAnewWithTheirOwner() throws {
        let engine = makeEngine()
        let project = sharing()
        try carryOut(plan(project, on: engine), on: engine)
        try engine.stopContainer("p-db-1", timeout: nil)
        #expect(
            try named(plan(project, on: engine), on: engine) == """
                1. stop container p-shadow-1: db is started
                2. start container p-db-1: not running
                3. start container p-shadow-1 (after 1, 2): db is started

                """)
    }

    /// Its restart policy, or somebody, started the owner again: the others are in a network that nobody is in.
    @Test
    func whoIsInNamespacesThatEndedIsStartedAnew() throws {
        let engine = makeEngine()
        let project = sharing()
        try carryOut(plan(project, on: engine), on: engine)
        try engine.restartContainer("p-db-1", timeout: nil)
        #expect(
            try named(plan(project, on: engine), on: engine) == """
                1. stop container p-shadow-1: db was restarted
                2. keep container p-db-1: up to date
                3. start container p-shadow-1 (after 1, 2): db was restarted

                """)
    }

    @Test
    func anImageThatWasLoadedAnewReplacesTheContainersNoRecreateDoesNot() throws {
        let engine = makeEngine()
        let project = project("web")
        try carryOut(plan(project, on: engine), on: engine)
        engine.addImage("app", id: "sha256:2")
        #expect(try plan(project, on: engine).operations.map(\.cause).first == "image changed")
        #expect(
            try plan(project, on: engine) { $0.noRecreate = true }.description
                == "1. keep container p-web-1: up to date\n")
    }

    @Test
    func renewedAnonymousVolumesNeedNewContainersOfTheServicesNamed() throws {
        let engine = makeEngine()
        let project = project("db", "web") { $0.services["web"]?.dependsOn = ["db": ServiceDependency()] }
        try carryOut(plan(project, on: engine), on: engine)
        let renewed = try plan(project, on: engine) {
            $0.renewAnonymousVolumes = true
            $0.named = ["web"]
        }
        let text = try named(renewed, on: engine)
        #expect(text.contains("keep container p-db-1") && text.contains("anonymous volumes are renewed"))
        #expect(text.contains("remove container p-web-1 and its anonymous volumes"))
    }

    private func publishing(_ ports: [String: [PortMapping]]) -> Project {
        project("a", "b") { project in
            for (name, ports) in ports { project.services[name]?.ports = ports.map { PortConfig($0) } }
        }
    }

    @Test
    func twoServicesThatPublishOnePortAreFoundBeforeAnythingIsMade() throws {
        func mapping(_ text: String) throws -> PortMapping { try #require(try PortMapping.parse(text).mappings.first) }
        let plain = try mapping("8080:80")
        let clashing = [
            ("8080:81", true), ("127.0.0.1:8080:80", true), ("8080:80/udp", false), ("8081:80", false), ("80", false),
        ]
        for (text, isTaken) in clashing {
            let project = publishing(["a": [plain], "b": [try mapping(text)]])
            var reason = ""
            do { _ = try plan(project, on: makeEngine()) } catch let failure as PlanFailure { reason = failure.message }
            #expect(reason.contains("port is already allocated") == isTaken, "\(text)")
        }
        #expect(throws: PlanFailure.self) { try plan(publishing(["a": [plain, plain]]), on: makeEngine()) }
    }

    @Test
    func portsOfServicesThatFollowEachOtherAndOfWhatIsNotStartedDoNotClash() throws {
        let port = PortMapping(hostPorts: PortRange(8080), containerPort: 80)
        var project = publishing(["a": [port], "b": [port]])
        _ = try plan(project, on: makeEngine()) { $0.start = false }
        project.services["b"]?.dependsOn = ["a": ServiceDependency(condition: .completedSuccessfully)]
        _ = try plan(project, on: makeEngine())
    }

    @Test
    func scalingAddsNumbersAfterTheHighestAndRemovesTheHighestFirst() throws {
        let engine = makeEngine()
        let project = project("web")
        try carryOut(plan(project, on: engine) { $0.scale["web"] = 3 }, on: engine)
        let names = try engine.containers(labels: [:]).map(\.name).sorted()
        #expect(names == ["p-web-1", "p-web-2", "p-web-3"])
        let last = try engine.container("p-web-3").id
        let second = try engine.container("p-web-2").id
        #expect(
            try plan(project, on: engine).description == """
                1. stop container \(second): scaled down to 1
                2. remove container \(second) (after 1): scaled down to 1
                3. stop container \(last): scaled down to 1
                4. remove container \(last) (after 3): scaled down to 1
                5. keep container p-web-1: up to date

                """)
    }

    @Test
    func forceRecreateMeansTheNamedServicesOnly() throws {
        let engine = makeEngine()
        let project = project("db", "web")
        try carryOut(plan(project, on: engine), on: engine)
        let forced = try plan(project, on: engine) {
            $0.forceRecreate = true
            $0.named = ["web"]
        }
        #expect(forced.operations.filter { $0.cause == "forced" }.compactMap(\.service) == ["web"])
    }

    @Test
    func aNetworkWhoseDefinitionChangedIsMadeAnewAfterItsContainersAreGone() throws {
        let engine = makeEngine()
        var project = project("web")
        try carryOut(plan(project, on: engine), on: engine)
        project.networks["default"]?.isInternal = true
        let id = try engine.container("p-web-1").id
        #expect(
            try plan(project, on: engine).description == """
                1. remove network p_default (after 4): definition changed
                2. create network p_default (after 1): definition changed
                3. stop container \(id): p_default changed
                4. remove container \(id) (after 3): p_default changed
                5. create container p-web-1 from app (after 2, 4): p_default changed
                6. start container p-web-1 (after 5): recreated

                """)
    }

    @Test
    func orphansAreWarnedAboutOrRemovedWhenAsked() throws {
        let engine = makeEngine()
        try carryOut(plan(project("old", "web"), on: engine), on: engine)
        let now = project("web")
        #expect(try plan(now, on: engine).warnings.first?.hasPrefix("Found orphan containers ([p-old-1])") == true)
        let removal = try plan(now, on: engine) { $0.removeOrphans = true }
        #expect(removal.warnings.isEmpty)
        #expect(removal.operations.map(\.cause).first == "its service is not in the file")
    }

    @Test
    func whatCannotBePlannedSaysWhyCyclesMissingImagesExternalThingsThatAreNotThereFixedNames() throws {
        func failure(_ change: @escaping (inout Project) -> Void) -> String {
            do {
                _ = try plan(project("a", "b", change: change), on: makeEngine())
                return ""
            } catch {
                return "\(error)"
            }
        }
        let cycle = failure { project in
            project.services["a"]?.dependsOn = ["b": ServiceDependency()]
            project.services["b"]?.dependsOn = ["a": ServiceDependency()]
        }
        #expect(cycle == "dependency cycle detected: a -> b -> a")
        let image = failure { $0.services["a"]?.image = "no/such" }
        #expect(image == "image no/such: it is not on this host")
        let network = failure { $0.networks["default"]?.external = true }
        #expect(network.contains("declared as external"))
        let name = failure { project in
            project.services["a"]?.containerName = "fixed"
            project.services["a"]?.scale = 2
        }
        #expect(name.contains("custom container name \"fixed\""))
    }
}
