import ComposeModel
import Digests
import Testing

@testable import ComposeLoader

struct PublishedFilesTests {
    private func published(_ contents: [String: String]) throws -> [PublishedFile] {
        let files = MemoryFiles(contents: contents)
        var options = LoadOptions(environment: [:], workingDirectory: "/p")
        options.resolveEnvironment = false
        return try publishedFiles(of: try loadProject(options, files: files).project, files: files)
    }

    @Test func onlyThePathsOfOtherFilesChange() throws {
        let files = try published([
            "/p/compose.yaml": """
            # é, kept
            services:
              a: {image: x, env_file: ["é.env", {path: './b/../é.env'}, {path: gone.env, required: false}]} # kept
              b:\r
                extends:\r
                  service: base\r
                  file: ${DIR:-sub}/base.yaml\r

            """,
            "/p/é.env": "A=1", "/p/sub/base.yaml": "services: {base: {image: x, env_file: own.env}}",
            "/p/sub/own.env": "B=1",
        ])
        let names = files.map(\.name)
        #expect(files.map(\.kind) == [.main, .extended, .environment, .environment])
        try #require(files.count == 4)
        let gone = SHA256.hex(of: Array("/p/gone.env".utf8)) + ".env"
        #expect(
            String(decoding: files[0].bytes, as: UTF8.self) == """
                # é, kept
                services:
                  a: {image: x, env_file: [\(names[2]), {path: \(names[2])}, {path: \(gone), required: false}]} # kept
                  b:\r
                    extends:\r
                      service: base\r
                      file: \(names[1])\r

                """)
        #expect(
            String(decoding: files[1].bytes, as: UTF8.self)
                == "services: {base: {image: x, env_file: \(names[3])}}")
        #expect(files[3].bytes == Array("B=1".utf8))
    }

    @Test func whatCannotBeTakenAlongIsAnError() {
        #expect(throws: LoadFailure.self) {
            try published([
                "/p/compose.yaml": "include: [other.yaml]", "/p/other.yaml": "services: {a: {image: x}}",
            ])
        }
        #expect(throws: LoadFailure.self) {
            try published([
                "/p/compose.yaml": "services: {a: {image: x, env_file: \"a\\x2eenv\"}}", "/p/a.env": "",
            ])
        }
    }
}
