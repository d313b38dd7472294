import ComposeModel
import Testing

@testable import Reconciler

struct ServiceGraphTests {
    private func graph(_ dependencies: [String: [String]]) -> ServiceGraph {
        ServiceGraph(
            dependencies.mapValues { names in
                Dictionary(uniqueKeysWithValues: names.map { ($0, ServiceDependency()) })
            })
    }

    @Test func eachComesAfterWhatItNeedsAndTheRestByName() throws {
        #expect(try graph(["c": ["a"], "a": ["z"], "z": [], "b": []]).order() == ["z", "a", "b", "c"])
        #expect(try graph([:]).order().isEmpty)
    }

    @Test func whatIsNotInTheGraphIsLeftOut() throws {
        let graph = graph(["a": ["gone", "b"], "b": []])
        #expect(try graph.order() == ["b", "a"])
        #expect(graph.dependencies["a"]?.keys.sorted() == ["b"])
    }

    @Test(
        arguments: [
            (["a": ["a"]], "a -> a"), (["a": ["b"], "b": ["c"], "c": ["b"]], "b -> c -> b"),
            (["x": ["y"], "y": ["z"], "z": ["x"], "a": ["x"]], "x -> y -> z -> x"),
        ])
    func aCircleIsNamedWithoutWhatLeadsToIt(dependencies: [String: [String]], circle: String) {
        let error = #expect(throws: PlanFailure.self) { try graph(dependencies).order() }
        #expect(error?.message == "dependency cycle detected: \(circle)")
    }

    @Test func dependentsAreFoundOverOthersAndInACircle() {
        let graph = graph(["a": [], "b": ["a"], "c": ["b"], "d": ["a", "c"], "e": []])
        #expect(graph.dependents(of: "a") == ["b", "d"])
        #expect(graph.allDependents(of: "a") == ["b", "c", "d"])
        #expect(graph.allDependents(of: "e").isEmpty)
        #expect(self.graph(["a": ["b"], "b": ["a"]]).allDependents(of: "a") == ["a", "b"])
    }

    @Test func theLabelSaysWhatTheFileSaid() {
        let dependencies = [
            "db": ServiceDependency(condition: .healthy, restart: true), "a.b-c": ServiceDependency(),
        ]
        let text = DependsOnLabel.text(dependencies)
        #expect(text == "a.b-c:service_started:false,db:service_healthy:true")
        #expect(DependsOnLabel.parse(text) == dependencies)
    }

    /// Labels of old containers, and of those that somebody else made.
    @Test(
        arguments: [
            ("", [:]), (",,", [:]), (":::", [:]), ("db", ["db": ServiceDependency()]),
            ("db:service_healthy", ["db": ServiceDependency(condition: .healthy)]),
            ("db:nonsense:True", ["db": ServiceDependency()]), ("db::true", ["db": ServiceDependency()]),
            ("db:service_started:true:x", ["db": ServiceDependency(restart: true)]),
        ] as [(String, [String: ServiceDependency])])
    func aLabelWithMistakesIsReadAsFarAsItGoes(text: String, expected: [String: ServiceDependency]) {
        #expect(DependsOnLabel.parse(text) == expected)
    }
}
