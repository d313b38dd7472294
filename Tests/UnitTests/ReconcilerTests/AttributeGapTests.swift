import ComposeModel
import Testing

@testable import Reconciler

/// What a project asks for and nothing here does: warned about, or refused before anything is planned.
struct AttributeGapTests {
    private func project(_ effect: AttributeGap.Effect, of service: String = "web") -> Project {
        var project = Project(name: "p", workingDirectory: "/p")
        var web = Service(name: "web")
        web.image = "app"
        project.services["web"] = web
        project.gaps = [
            AttributeGap(
                keys: ["services", service, "gpus"], path: "services.\(service).gpus", place: "compose.yaml:4:11",
                effect: effect, reason: "is not supported")
        ]
        return project
    }

    @Test func aWarningNamesThePlace() throws {
        let warnings = attributeWarnings(in: project(.warned))
        #expect(warnings.map(\.description) == ["compose.yaml:4:11: services.web.gpus is not supported"])
        #expect(throws: Never.self) { try plan(project(.warned), on: makeEngine()) }
    }

    @Test func aRefusalComesBeforeThePlan() {
        #expect(attributeWarnings(in: project(.refused)).isEmpty)
        let error = #expect(throws: PlanFailure.self) { try plan(project(.refused), on: makeEngine()) }
        #expect(error?.description.hasPrefix("compose.yaml:4:11: services.web.gpus is not supported") == true)
    }

    @Test func aServiceThatIsDisabledMayAskForAnything() {
        #expect(throws: Never.self) { try plan(project(.refused, of: "other"), on: makeEngine()) }
    }
}
