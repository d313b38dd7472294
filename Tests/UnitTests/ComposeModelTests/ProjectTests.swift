import ComposeModel
import Testing

struct ProjectTests {
    @Test func namesOfServicesAreSortedAndLeaveDisabledOnesOut() {
        var project = Project(name: "shop", workingDirectory: "/srv/shop")
        project.services = ["web": Service(name: "web"), "db": Service(name: "db")]
        project.disabledServices = ["debug": Service(name: "debug")]
        #expect(project.serviceNames == ["db", "web"])
        #expect(project.allServices.keys.sorted() == ["db", "debug", "web"])
    }

    @Test func anEnabledServiceComesBeforeADisabledOneOfItsName() {
        var project = Project(name: "shop", workingDirectory: "/srv/shop")
        var enabled = Service(name: "web")
        enabled.image = "enabled"
        var disabled = Service(name: "web")
        disabled.image = "disabled"
        project.services = ["web": enabled]
        project.disabledServices = ["web": disabled]
        #expect(project.allServices["web"]?.image == "enabled")
    }
}
