import ComposeModel
import EngineDouble
import EngineModel
import Reconciler
import Testing

struct DownPlanTests {
    /// `web` depends on `db`, which has a volume; all of it is up.
    private static func scene(_ change: (inout Project) -> Void = { _ in }) throws -> (Project, FakeEngine) {
        let engine = makeEngine()
        let project = project("db", "web") { project in
            project.volumes["data"] = VolumeConfig()
            project.services["db"]?.volumes = [ServiceVolume(kind: .volume, source: "data", target: "/data")]
            project.services["web"]?.dependsOn = ["db": ServiceDependency()]
            change(&project)
        }
        // Of what is made side by side nobody knows the order.
        try carryOut(plan(project, on: engine) { $0.scale["web"] = 0 }, on: engine)
        try carryOut(plan(project, on: engine), on: engine)
        return (project, engine)
    }

    private func down(
        _ project: Project?, on engine: FakeEngine, _ change: (inout DownOptions) -> Void = { _ in }
    ) throws -> String {
        var options = DownOptions()
        change(&options)
        let observed =
            if let project { try observe(project, engine: engine) } else {
                try observe(projectNamed: "p", engine: engine)
            }
        return try named(planDown(project, named: "p", observed, options), on: engine)
    }

    private static let all = """
        1. stop container p-web-1
        2. stop container p-db-1 (after 1)
        3. remove container p-db-1 (after 2)
        4. remove container p-web-1 (after 1)
        5. remove network p_default (after 3, 4)

        """

    @Test func dependentsStopFirstAndTheNetworkGoesLast() throws {
        let (project, engine) = try Self.scene()
        #expect(try down(project, on: engine) == Self.all)
    }

    @Test func withoutAFileTheLabelsSayTheSame() throws {
        let (_, engine) = try Self.scene()
        #expect(try down(nil, on: engine) == Self.all)
    }

    @Test func whatDoesNotRunIsOnlyRemoved() throws {
        let (project, engine) = try Self.scene()
        try engine.stopContainer("p-web-1", timeout: nil)
        #expect(
            try down(project, on: engine) == """
                1. stop container p-db-1
                2. remove container p-db-1 (after 1)
                3. remove container p-web-1
                4. remove network p_default (after 2, 3)

                """)
    }

    @Test func volumesGoOnlyWhenAskedForAndAfterTheirContainers() throws {
        let (project, engine) = try Self.scene()
        let text = try down(project, on: engine) { $0.removeVolumes = true }
        #expect(text.hasSuffix("6. remove volume p_data (after 3)\n"))
        #expect(text.contains("remove container p-db-1 and its anonymous volumes"))
        #expect(try down(nil, on: engine) { $0.removeVolumes = true } == text)
    }

    @Test func whatIsExternalStays() throws {
        let engine = makeEngine()
        try engine.createNetwork(NetworkConfiguration(name: "p_default"))
        try engine.createVolume(VolumeConfiguration(name: "p_data"))
        let project = project("web") { project in
            project.networks["default"]?.external = true
            project.volumes["data"] = VolumeConfig()
            project.volumes["data"]?.external = true
        }
        try carryOut(plan(project, on: engine), on: engine)
        let text = try down(project, on: engine) { $0.removeVolumes = true }
        #expect(!text.contains("network") && !text.contains("remove volume"))
        #expect(text.contains("remove container p-web-1"))
    }

    @Test func aNamedServiceLeavesTheOthersAndTheVolumes() throws {
        let (project, engine) = try Self.scene()
        let text = try down(project, on: engine) {
            $0.named = ["web"]
            $0.removeVolumes = true
        }
        #expect(text.contains("remove container p-web-1"))
        #expect(!text.contains("p-db-1") && !text.contains("p_data"))
    }

    @Test func orphansStayUnlessAskedFor() throws {
        let (_, engine) = try Self.scene()
        let now = project("web")
        #expect(try !down(now, on: engine).contains("p-db-1"))
        let text = try down(now, on: engine) { $0.removeOrphans = true }
        #expect(text.contains("stop container p-db-1") && text.contains("remove container p-db-1"))
    }

    @Test func imagesWithoutANameOfTheirOwnAreLocal() throws {
        let engine = makeEngine()
        engine.addImage("p-web", id: "sha256:2")
        let project = project("db", "web") { $0.services["web"]?.image = nil }
        try carryOut(plan(project, on: engine), on: engine)
        let local = try down(project, on: engine) { $0.removeImages = .local }
        #expect(local.contains("remove image p-web (after") && !local.contains("remove image app"))
        let all = try down(project, on: engine) { $0.removeImages = .all }
        #expect(all.contains("remove image app (after") && all.contains("remove image p-web (after"))
        #expect(try !down(project, on: engine).contains("remove image"))
        // What is not here is not removed.
        try engine.removeImage("p-web", force: false)
        #expect(try !down(project, on: engine) { $0.removeImages = .all }.contains("p-web (after"))
    }

    @Test func aTimeoutIsThatOfEachStop() throws {
        let (project, engine) = try Self.scene()
        let text = try down(project, on: engine) { $0.timeout = 3 }
        #expect(text.hasPrefix("1. stop container p-web-1 within 3 s\n2. stop container p-db-1 within 3 s (after 1)\n"))
    }

    @Test func nothingIsPlannedWhereNothingIs() throws {
        let engine = makeEngine()
        let plan = try planDown(nil, named: "p", observe(projectNamed: "p", engine: engine), DownOptions())
        #expect(plan.isEmpty && plan.warnings.isEmpty)
    }
}
