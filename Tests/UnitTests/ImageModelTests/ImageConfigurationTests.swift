import EngineModel
import ImageModel
import Primitives
import Testing

private let digest = "sha256:" + String(repeating: "ab", count: 32)

private func document(config: String, layers: String = "\"\(digest)\"") -> [UInt8] {
    Array(
        "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":\(config),\"rootfs\":{\"diff_ids\":[\(layers)]}}".utf8)
}

struct ImageConfigurationTests {
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
        #expect(throws: ImageFormatError.self) {
            try ImageConfiguration(json: document(config: "{}", layers: "\"../x\""))
        }
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
        let lines = [
            "ENV A=1 B=\"two words\"", "env A 3", "CMD [\"a\", \"b\"]", "ENTRYPOINT run it", "WORKDIR /srv",
            "WORKDIR www",
            "EXPOSE 80 53/udp", "VOLUME [\"/data\"]", "LABEL x='y z'", "HEALTHCHECK --interval=1m30s CMD true",
        ]
        try ConfigurationChange.apply(lines, to: &execution)
        #expect(execution.environment == ["B=two words", "A=3"])
        #expect(execution.command == ["a", "b"])
        #expect(execution.entrypoint == ["/bin/sh", "-c", "run it"])
        #expect(execution.workingDirectory == "/srv/www")
        #expect(execution.exposedPorts == [ContainerPort(80), ContainerPort(53, .udp)])
        #expect(execution.labels == ["x": "y z"])
        #expect(execution.healthcheck == Healthcheck(test: ["CMD-SHELL", "true"], interval: .seconds(90)))
        #expect(throws: ImageFormatError.self) { try ConfigurationChange.apply(["RUN x"], to: &execution) }
        #expect(throws: ImageFormatError.self) { try ConfigurationChange.apply(["EXPOSE web"], to: &execution) }
    }

    @Test func theSameValuesGiveTheSameBytes() throws {
        var configuration = try ImageConfiguration(json: document(config: "{}"))
        configuration.execution.labels = Dictionary(uniqueKeysWithValues: (0..<100).map { ("label\($0)", "/") })
        let json = try configuration.json()
        #expect(try ImageConfiguration(json: json).json() == json)
        #expect(!json.contains(UInt8(ascii: "\\")))
    }

    @Test func aConfigurationThatSaysNothingIsRead() throws {
        let configuration = try ImageConfiguration(json: Array(#"{"rootfs":{"diff_ids":[]}}"#.utf8))
        #expect(configuration.architecture == "" && configuration.os == "")
        #expect(configuration.execution == ImageConfiguration.Execution())
        #expect(configuration.history.isEmpty && configuration.created == nil)
    }

    @Test func theHistoryIsReadWithWhatItLacks() throws {
        let text = """
            {"rootfs":{"diff_ids":[]},"created":"yesterday","history":[{},
            {"created":"2024-02-29T01:02:03.5Z","created_by":"RUN x","comment":"c","empty_layer":true}]}
            """
        let configuration = try ImageConfiguration(json: Array(text.utf8))
        #expect(configuration.created == nil)
        #expect(configuration.history.count == 2)
        #expect(configuration.history[0] == ImageConfiguration.History(created: nil, createdBy: ""))
        #expect(configuration.history[1].created == Instant(nanoseconds: 1_709_168_523_500_000_000))
        #expect(configuration.history[1].emptyLayer)
        #expect(try ImageConfiguration(json: configuration.json()) == configuration)
    }

    @Test func triggersAreKeptAndNoneIsNil() throws {
        let configuration = try ImageConfiguration(json: document(config: #"{"OnBuild":["RUN x"],"Shell":["sh"]}"#))
        #expect(configuration.execution.onBuild == ["RUN x"])
        #expect(try ImageConfiguration(json: configuration.json()).execution.shell == ["sh"])
        #expect(try ImageConfiguration(json: document(config: #"{"OnBuild":[]}"#)).execution.onBuild == nil)
    }

    @Test func theLargestUserIsTheLastOneOfTheKernel() throws {
        let configuration = try ImageConfiguration(json: document(config: #"{"User":"4294967294:4294967294"}"#))
        #expect(configuration.execution.user == "4294967294:4294967294")
        #expect(throws: ImageFormatError.self) {
            try ImageConfiguration(json: document(config: #"{"User":"4294967295"}"#))
        }
    }

    @Test(
        arguments: [
            "", "{}", "[]", #"{"rootfs":{}}"#, #"{"rootfs":{"diff_ids":null}}"#, #"{"rootfs":{"diff_ids":[null]}}"#,
            #"{"rootfs":{"diff_ids":[]},"history":{}}"#, #"{"rootfs":{"diff_ids":[]},"os":7}"#,
        ])
    func aDocumentOfAnotherShapeIsRefused(text: String) {
        let error = #expect(throws: ImageFormatError.self) { try ImageConfiguration(json: Array(text.utf8)) }
        #expect(error?.code == .malformed)
    }

    @Test func limitsOfAWholeDocumentHold() {
        func document(_ member: String) -> [UInt8] { Array(#"{"rootfs":{"diff_ids":[]},\#(member)}"#.utf8) }
        let history = Array(repeating: "{}", count: 2049).joined(separator: ",")
        #expect(throws: ImageFormatError.self) { try ImageConfiguration(json: document(#""history":[\#(history)]"#)) }
        let long = String(repeating: "x", count: 65)
        #expect(throws: ImageFormatError.self) { try ImageConfiguration(json: document(#""os":"\#(long)""#)) }
        let huge = String(repeating: " ", count: 4 << 20)
        let error = #expect(throws: ImageFormatError.self) {
            try ImageConfiguration(json: document("\(huge)\"os\":\"x\""))
        }
        #expect(error?.code == .tooLarge)
    }
}
