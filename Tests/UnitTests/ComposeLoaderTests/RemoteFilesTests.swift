import Testing

@testable import ComposeLoader
@testable import ComposeModel

/// Files that are fetched come through the same seam as others.
struct RemoteFilesTests {
    private static let remote = MemoryFiles(contents: [
        "/p/compose.yaml": "include: [\"remote:sub/compose.yaml\"]\nservices: {own: {image: x}}",
        "/p/gone.yaml": "include: [\"remote:gone.yaml\"]\nservices: {own: {image: x, depends_on: [inner]}}",
        "/p/base.yaml": "services: {own: {extends: {file: \"remote:sub/compose.yaml\", service: inner}}}",
        "/remote/sub/compose.yaml":
            "services: {inner: {image: \"${WHO:-x}\", env_file: [a.env], volumes: [\"./d:/d\"]}}",
        "/remote/sub/a.env": "A=b", "/remote/a.env": "A=root", "/remote/.env": "WHO=root",
        "/remote/sub/.env": "WHO=sub",
    ])

    private func load(_ file: String) throws(LoadFailure) -> LoadResult {
        var options = LoadOptions(environment: [:], workingDirectory: "/p")
        options.files = [file]
        return try loadProject(options, files: Self.remote)
    }

    @Test func aProjectOfAnotherPlaceHasItsDirectory() throws {
        let project = try load("remote:sub/compose.yaml").project
        #expect(project.workingDirectory == "/remote")
        #expect(project.services["inner"]?.image == "root")
        #expect(project.services["inner"]?.environment["A"] == "root")
        #expect(project.services["inner"]?.volumes.first?.source == "/remote/d")
    }

    @Test func anIncludedOneHasThatOfItsFile() throws {
        let inner = try load("compose.yaml").project.services["inner"]
        #expect(inner?.image == "sub")
        #expect(inner?.environment["A"] == "b")
    }

    @Test func servicesExtendThoseOfOtherPlaces() throws {
        #expect(try load("base.yaml").project.services["own"]?.volumes.first?.source == "/remote/sub/d")
    }

    @Test func whatCannotBeFetchedIsTheOnlyProblem() {
        do {
            _ = try load("gone.yaml")
            Issue.record("it loads")
        } catch {
            #expect(error.description == "remote:gone.yaml: it cannot be reached")
        }
    }
}
