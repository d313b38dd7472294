import EngineModel
import ImageModel
import Testing

@testable import LocalEngine

struct ProcessDefaultsTests {
    private let image: ImageConfiguration.Execution = {
        var image = ImageConfiguration.Execution()
        image.entrypoint = ["/entry"]
        image.command = ["serve"]
        image.environment = ["PATH=/bin", "MODE=image", "GONE=1"]
        image.workingDirectory = "/srv"
        image.user = "app"
        image.stopSignal = "SIGQUIT"
        return image
    }()

    private func defaults(_ change: (inout ContainerConfiguration) -> Void) throws -> ProcessDefaults {
        var configuration = ContainerConfiguration(name: "p-web-1", image: "app:1")
        change(&configuration)
        return try ProcessDefaults(configuration, image: image)
    }

    @Test func theImageDecidesWhatTheServiceLeavesOpen() throws {
        let process = try defaults { _ in }
        #expect(process.arguments == ["/entry", "serve"])
        #expect(process.workingDirectory == "/srv")
        #expect(process.user == "app")
        #expect(process.stopSignal == "SIGQUIT")
    }

    @Test func aCommandReplacesTheImagesCommand() throws {
        #expect(try defaults { $0.command = ["run", "x"] }.arguments == ["/entry", "run", "x"])
    }

    @Test func anEntrypointDropsTheImagesCommand() throws {
        #expect(try defaults { $0.entrypoint = ["/bin/sh"] }.arguments == ["/bin/sh"])
    }

    @Test func anEmptyEntrypointOnlyClearsTheImagesEntrypoint() throws {
        #expect(try defaults { $0.entrypoint = [] }.arguments == ["serve"])
    }

    @Test func variablesAreChangedInPlaceRemovedAndAdded() throws {
        let process = try defaults { $0.environment = ["MODE": "mine", "GONE": nil, "NEW": "a b"] }
        #expect(process.environment == ["PATH=/bin", "MODE=mine", "NEW=a b"])
    }

    @Test func noCommandAtAllIsAnError() {
        let configuration = ContainerConfiguration(name: "p-web-1", image: "scratch")
        #expect(throws: EngineError.self) {
            try ProcessDefaults(configuration, image: ImageConfiguration.Execution())
        }
    }
}
