import EngineModel
import ImageModel
import Primitives
import Testing

private let digest = "sha256:" + String(repeating: "ab", count: 32)

private func document(config: String, layers: String = "\"\(digest)\"") -> [UInt8] {
    Array(
        "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":\(config),\"rootfs\":{\"diff_ids\":[\(layers)]}}".utf8)
}

@Test func aConfigurationIsReadAndWritten() throws {
    let text = """
        {"Env":["A=1"],"Entrypoint":null,"Cmd":["sh"],"User":"app:1000","Volumes":{"/data":{}},
        "ExposedPorts":{"80":{},"53/udp":{}},"Labels":{"k":"v"},"StopSignal":"SIGQUIT",
        "Healthcheck":{"Test":["CMD","true"],"Interval":1000000000}}
        """
    let configuration = try ImageConfiguration(json: document(config: text))
    #expect(configuration.execution.exposedPorts == [ContainerPort(53, .udp), ContainerPort(80)])
    #expect(configuration.execution.entrypoint == nil)
    #expect(configuration.execution.healthcheck?.interval == .seconds(1))
    #expect(try ImageConfiguration(json: configuration.json()) == configuration)
}

@Test(arguments: [
    #"{"Env":["NOVALUE"]}"#, #"{"Env":["=x"]}"#, #"{"Env":["A=\u0000"]}"#, #"{"Env":"A=1"}"#,
    #"{"User":"4294967296"}"#, #"{"User":"0:99999999999"}"#, #"{"User":"a\nb"}"#,
    #"{"ExposedPorts":{"99999/tcp":{}}}"#, #"{"ExposedPorts":{"9-5":{}}}"#, #"{"Healthcheck":{"Interval":-1}}"#,
    #"{"Cmd":[1e308]}"#,
])
func aHostileConfigurationIsRefused(config: String) {
    #expect(throws: ImageFormatError.self) { try ImageConfiguration(json: document(config: config)) }
}

@Test func rangesThatExposeMorePortsThanThereAreAreRefused() {
    let keys = (1...4).map { "\"\(String(repeating: "0", count: $0))1-65535\":{}" }.joined(separator: ",")
    #expect(throws: ImageFormatError.self) {
        try ImageConfiguration(json: document(config: "{\"ExposedPorts\":{\(keys)}}"))
    }
}

@Test func tooManyLayersAndWrongDigestsAreRefused() {
    let many = Array(repeating: "\"\(digest)\"", count: 513).joined(separator: ",")
    #expect(throws: ImageFormatError.self) { try ImageConfiguration(json: document(config: "{}", layers: many)) }
    #expect(throws: ImageFormatError.self) { try ImageConfiguration(json: document(config: "{}", layers: "\"../x\"")) }
}

@Test func aDocumentThatIsManifestAndIndexIsRefused() throws {
    let descriptor = "{\"digest\":\"\(digest)\",\"size\":1}"
    let both = "{\"manifests\":[\(descriptor)],\"config\":\(descriptor),\"layers\":[]}"
    #expect(throws: ImageFormatError.self) { try ManifestDocument(json: Array(both.utf8)) }
    let negative = "{\"manifests\":[{\"digest\":\"\(digest)\",\"size\":-1}]}"
    #expect(throws: ImageFormatError.self) { try ManifestDocument(json: Array(negative.utf8)) }
    let index = try ManifestDocument(json: Array("{\"manifests\":[\(descriptor)]}".utf8))
    #expect(index == .index([BlobDescriptor(mediaType: nil, digest: try Digest(digest), size: 1)]))
}

@Test func changesAreInstructionsOfADockerfile() throws {
    var execution = ImageConfiguration.Execution()
    for line in [
        "ENV A=1 B=\"two words\"", "env A 3", "CMD [\"a\", \"b\"]", "ENTRYPOINT run it", "WORKDIR /srv", "WORKDIR www",
        "EXPOSE 80 53/udp", "VOLUME [\"/data\"]", "LABEL x='y z'", "HEALTHCHECK --interval=1m30s CMD true",
    ] {
        try ConfigurationChange(line).apply(to: &execution)
    }
    #expect(execution.environment == ["B=two words", "A=3"])
    #expect(execution.command == ["a", "b"])
    #expect(execution.entrypoint == ["/bin/sh", "-c", "run it"])
    #expect(execution.workingDirectory == "/srv/www")
    #expect(execution.exposedPorts == [ContainerPort(80), ContainerPort(53, .udp)])
    #expect(execution.labels == ["x": "y z"])
    #expect(execution.healthcheck == Healthcheck(test: ["CMD-SHELL", "true"], interval: .seconds(90)))
    #expect(throws: ImageFormatError.self) { try ConfigurationChange("RUN x").apply(to: &execution) }
    #expect(throws: ImageFormatError.self) { try ConfigurationChange("EXPOSE web").apply(to: &execution) }
}
