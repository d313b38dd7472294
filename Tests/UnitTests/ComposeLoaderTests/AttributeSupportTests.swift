import ComposeModel
import Glibc
import Testing

@testable import ComposeLoader

/// Who acts on which attribute: nothing is left out, and what is said is so.
struct AttributeSupportTests {
    @Test func everyAttributeStatesItsSupportOnce() {
        let paths = attributePaths()
        let stated = AttributeSupport.table.map { $0.path.replacing(".[]", with: "[]") }
        #expect(
            paths.filter { !stated.contains($0) } == [], "they need a line in Sources/Project/ComposeLoader/Attributes")
        #expect(stated.filter { !paths.contains($0) } == [], "there is no such attribute")
        #expect(Set(stated).count == stated.count)
    }

    @Test func whoActsIsThere() throws {
        let sources = SourceTree()
        for (path, support) in AttributeSupport.table {
            guard case .acted(let reader) = support.taker else { continue }
            let isThere = sources.declares(reader)
            #expect(isThere, "\(path): there is no file or type \(reader) in Sources")
        }
    }

    @Test func aPartHasSomethingAbove() {
        for (path, support) in AttributeSupport.table {
            guard case .asAbove = support.taker else { continue }
            #expect(path.contains("."), "\(path) is not a part of anything")
        }
    }

    @Test func theDocumentIsWhatTheTablesSay() throws {
        let path = SourceTree.root + "/docs/compose-file.md"
        let text = ComposeFileDocument.text
        if getenv("UPDATE_GOLDEN") != nil {
            let file = try #require(fopen(path, "w"))
            fputs(text, file)
            fclose(file)
        }
        #expect(SourceTree.text(of: path) == text, "run `make golden`")
    }

    // MARK: Values that nothing acts on

    @Test(arguments: GapExamples.all)
    func eachExceptionIsFoundAtItsPlace(example: GapExamples.Example) throws {
        let found = try load(example.file, ["f": "x"]).project.effectiveGaps
        #expect(found.map { "\($0.path) \($0.reason)" } == [example.gap])
        #expect(found.map(\.effect) == [example.effect])
        #expect(found.allSatisfy { $0.place != nil })
    }

    @Test func aGapNamesLineAndColumn() throws {
        let project = try load(
            """
            services:
              web:
                image: app
                cpu_count: 2
                logging:
                  driver: syslog
                  options:
                    tagg: a
                    syslog-format: b
            """
        ).project
        #expect(
            project.gaps.map { $0.place } == ["compose.yaml:4:16", "compose.yaml:8:9", "compose.yaml:9:24"])
    }

    @Test func everyExceptionHasAnExample() {
        let reasons = GapExamples.all.map(\.gap)
        for (path, support) in AttributeSupport.table {
            for exception in support.exceptions {
                #expect(
                    reasons.contains { $0.contains(exception.reason) },
                    "\(path): no example for \"\(exception.reason)\"")
            }
        }
    }

    @Test func whatManyFilesHaveMeetsNoException() throws {
        let project = try load(
            """
            services:
              web:
                image: app
                runtime: runc
                userns_mode: host
                isolation: default
                deploy: {mode: replicated, restart_policy: {condition: on-failure, max_attempts: 3}}
                ports: ["80", "53:53/udp", "9000:9000/sctp"]
                volumes: ["/a:/b:ro,z", {type: bind, source: ./compose.yaml, target: /d, bind: {recursive: readonly}}]
                logging: {driver: json-file, options: {max-size: 10m, max-file: "3"}}
                working_dir: /srv
                ipc: shareable
              other:
                image: app
                network_mode: service:web
                logging: {driver: none}
            networks: {default: {driver: bridge, driver_opts: {com.docker.network.driver.mtu: 1400}}}
            volumes: {data: {driver: local, driver_opts: {type: none, o: bind, device: /d}}}
            """
        ).project
        #expect(project.gaps == [])
    }

    @Test func whatIsExternalOrNotInUseHasNoGaps() throws {
        let project = try load(
            """
            services:
              web: {image: app, networks: [made]}
              off: {image: app, gpus: all, profiles: [other]}
            networks:
              made: {external: true, driver: overlay}
              unused: {driver: overlay}
            """
        ).project
        #expect(project.effectiveGaps == [])
    }
}
