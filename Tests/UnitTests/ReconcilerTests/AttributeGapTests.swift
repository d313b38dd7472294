import ComposeLoader
import ComposeModel
import Glibc
import Testing

@testable import Reconciler

/// Every entry of the list of gaps with a file that meets it, and the document that is made from the list.
@Suite("attributes that nothing acts on")
struct AttributeGapTests {
    /// By path: what stands below `services: {web: {image: app, …}}`, or for other paths the top of the file.
    private static let examples = [
        "services.*.build.isolation": "build: {context: ., isolation: hyperv}",
        "services.*.build.provenance": "build: {context: ., provenance: true}",
        "services.*.build.sbom": "build: {context: ., sbom: true}",
        "services.*.cpu_count": "cpu_count: 2",
        "services.*.cpu_percent": "cpu_percent: 50",
        "services.*.credential_spec": "credential_spec: {file: spec.json}",
        "services.*.gpus": "gpus: all",
        "services.*.isolation": "isolation: hyperv",
        "services.*.models": "models: [brain]}}\nmodels: {brain: {model: m",
        "services.*.provider": "provider: {type: cloud}",
        "services.*.runtime": "runtime: kata",
        "services.*.storage_opt": "storage_opt: {size: 1G}",
        "services.*.use_api_socket": "use_api_socket: true",
        "services.*.userns_mode": "userns_mode: private",
        "services.*.volumes[].type": "volumes: [{type: image, source: app, target: /b}]",
        "services.*.ports[].protocol": "ports: [\"80:80/sctp\"]",
        "services.*.deploy.endpoint_mode": "deploy: {endpoint_mode: vip}",
        "services.*.deploy.labels": "deploy: {labels: {a: b}}",
        "services.*.deploy.mode": "deploy: {mode: global}",
        "services.*.deploy.placement": "deploy: {placement: {constraints: [a]}}",
        "services.*.deploy.resources.reservations.cpus": "deploy: {resources: {reservations: {cpus: 1}}}",
        "services.*.deploy.resources.reservations.devices":
            "deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}",
        "services.*.deploy.resources.reservations.generic_resources":
            "deploy: {resources: {reservations: {generic_resources: [{discrete_resource_spec: {kind: a, value: 1}}]}}}",
        "services.*.deploy.restart_policy.delay": "deploy: {restart_policy: {delay: 1s}}",
        "services.*.deploy.restart_policy.window": "deploy: {restart_policy: {window: 1s}}",
        "services.*.deploy.rollback_config": "deploy: {rollback_config: {parallelism: 1}}",
        "services.*.deploy.update_config": "deploy: {update_config: {parallelism: 1}}",
        "networks.*.driver": "networks: {default: {driver: overlay}}",
        "networks.*.enable_ipv4": "networks: {default: {enable_ipv4: false}}",
        "networks.*.ipam.driver": "networks: {default: {ipam: {driver: other}}}",
        "volumes.*.driver": "volumes: {data: {driver: nfs}}",
        "volumes.*.driver_opts": "volumes: {data: {driver_opts: {type: nfs, device: \"h:/x\"}}}",
        "secrets.*.external": "secrets: {s: {external: true}}",
        "secrets.*.driver": "secrets: {s: {file: f, driver: d}}",
        "secrets.*.template_driver": "secrets: {s: {file: f, template_driver: d}}",
        "configs.*.external": "configs: {c: {external: true}}",
        "configs.*.template_driver": "configs: {c: {file: f, template_driver: d}}",
    ]

    @Test("each is warned about or refused by name", arguments: attributeGaps.map(\.path))
    func everyGap(path: String) throws {
        let gap = try #require(attributeGaps.first { $0.path == path })
        let project = try load(try #require(Self.examples[path]))
        let place = try #require(gap.places(in: project).first)
        switch gap.effect {
        case .ignored: #expect(attributeWarnings(in: project) == ["\(place) \(gap.reason)"])
        case .refused:
            let error = #expect(throws: PlanFailure.self) { try refuseGaps(in: project) }
            #expect(error?.description.hasPrefix(place) == true)
            #expect(throws: PlanFailure.self) { try plan(project, on: makeEngine()) }
        }
    }

    @Test("what every file has meets none of them")
    func nothingByDefault() throws {
        let project = try load(
            """
            runtime: runc, userns_mode: host, isolation: default, deploy: {mode: replicated},
              ports: ["80", "53:53/udp"], volumes: ["/a:/b:ro,z"]
            """)
        #expect(attributeGaps.allSatisfy { $0.places(in: project).isEmpty })
    }

    @Test("docs/compose-file.md is what the lists say")
    func document() throws {
        let path = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined() + "/docs/compose-file.md"
        let text = ComposeFileDocument.text
        if getenv("UPDATE_GOLDEN") != nil {
            let file = try #require(fopen(path, "w"))
            fputs(text, file)
            fclose(file)
        }
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        #expect(String(decoding: bytes[..<count], as: UTF8.self) == text, "run `make golden`")
    }

    @Test("each path of a gap is an attribute of the language")
    func paths() {
        let paths = Set(attributePaths())
        for gap in attributeGaps { #expect(paths.contains(gap.path), "\(gap.path)") }
    }

    private func load(_ example: String) throws -> Project {
        let isTop = ["networks: ", "volumes: {data", "secrets: {s", "configs: {c"].contains { example.hasPrefix($0) }
        let uses = "services: {web: {image: app, volumes: [\"data:/v\"], secrets: [s], configs: [c]}}\n"
        let others = ["volumes: {data: {}}", "secrets: {s: {file: f}}", "configs: {c: {file: f}}"]
        let text =
            isTop
            ? uses + example + "\n" + others.filter { $0.prefix(7) != example.prefix(7) }.joined(separator: "\n")
            : "services: {web: {image: app, \(example)}}\n"
        var options = LoadOptions(environment: [:], workingDirectory: "/p")
        options.projectName = "p"
        return try loadProject(options, files: OneFile(text: text)).project
    }
}

/// `/p/compose.yaml` and nothing else.
private struct OneFile: FileProvider {
    var text: String

    func read(_ path: String, limit: Int) throws(FileFailure) -> [UInt8] {
        guard path == "/p/compose.yaml" else { throw FileFailure(path: path, reason: "no such file", missing: true) }
        return Array(text.utf8)
    }

    func kind(of path: String) -> FileKind {
        path == "/p/compose.yaml" ? .regular : path == "/p" ? .directory : .missing
    }

    func resolvingSymlinks(_ path: String) -> String? { nil }
}
