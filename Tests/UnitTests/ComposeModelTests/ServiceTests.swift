import ComposeModel
import Testing

struct ServiceTests {
    @Test func scaleComesBeforeTheReplicasOfDeploy() {
        var service = Service(name: "web")
        #expect(service.replicas == 1)
        var deploy = DeployConfig()
        deploy.replicas = 3
        service.deploy = deploy
        #expect(service.replicas == 3)
        service.scale = 0
        #expect(service.replicas == 0)
    }

    @Test func networksOfHigherPriorityComeFirstAndEqualOnesByName() {
        var service = Service(name: "web")
        var back = ServiceNetwork()
        back.priority = 100
        var last = ServiceNetwork()
        last.priority = -1
        service.networks = ["front": nil, "back": back, "admin": ServiceNetwork(), "last": last]
        #expect(service.networkNamesByPriority == ["back", "admin", "front", "last"])
    }

    @Test func aBindWithoutItsOwnPartMakesTheMissingSource() {
        var volume = ServiceVolume(kind: .bind, source: "/srv", target: "/data")
        #expect(volume.createsHostPath)
        volume.bind = ServiceVolume.Bind()
        #expect(!volume.createsHostPath)
    }

    @Test func aSingleUlimitIsBothLimits() {
        #expect(UlimitConfig(single: 7).soft == 7)
        #expect(UlimitConfig(single: 7).hard == 7)
        #expect(UlimitConfig(soft: 7, hard: 7) != UlimitConfig(single: 7))
    }
}
