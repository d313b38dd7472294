import Testing

@testable import ComposeLoader
@testable import ComposeModel

struct DotEnvTests {
    private func parse(_ text: String, _ outer: [String: String] = [:]) throws -> [String: String] {
        try DotEnv.parse(Array(text.utf8), lookup: { outer[$0] }, missing: { _ in })
    }

    @Test(arguments: [
        ("A=b # c", ["A": "b"]), ("A=b#c", ["A": "b#c"]), ("A= # c", ["A": "# c"]), ("A=\"b # c\" # d", ["A": "b # c"]),
        ("A='x $B \\n'", ["A": "x $B \\n"]), ("A=\"x\\n\\\"y\\\" \\$B\"", ["A": "x\n\"y\" $B"]),
        ("A=1\nB=$A${A}", ["A": "1", "B": "11"]), ("A=$$", ["A": "$"]), ("export A=b", ["A": "b"]),
        ("A: b", ["A": "b"]),
        ("A = b ", ["A": "b"]), ("A=", ["A": ""]), ("\u{FEFF}A=1\r\n\r\n# c\r\nB=2\r\n", ["A": "1", "B": "2"]),
        ("A='one\ntwo'", ["A": "one\ntwo"]), ("A=1\nA=2", ["A": "2"]), ("a.b-c[0]=1", ["a.b-c[0]": "1"]),
        ("A='x' rest", ["A": "x"]), ("A=x\t# y", ["A": "x\t# y"]), ("A=\u{A0}b\u{A0}", ["A": "b"]),
        ("A=\"\\a\\b\\f\\v\\c\\0101\\07\"", ["A": "\u{7}\u{8}\u{C}\u{B}\\cA\\7"]), ("\u{E9}=1", ["\u{E9}": "1"]),
        ("A=${B:-c}", ["A": "c"]), ("IN\nOUT", ["IN": "outer"]),
    ])
    func linesOfAFile(text: String, values: [String: String]) throws {
        #expect(try parse(text, ["IN": "outer"]) == values)
    }

    @Test func aFileOfTheCommandLineHasTheSameGrammar() throws {
        let files = MemoryFiles(contents: ["/p/a.env": "A='x y' # c\nB=$IN\nIN\nC=$NONE\n"])
        var warnings: [String] = []
        let values = try environmentFile("/p/a.env", files: files, warn: { warnings.append($0) }) { name in
            name == "IN" ? "outer" : nil
        }
        #expect(values == ["A": "x y", "B": "outer", "IN": "outer", "C": ""])
        #expect(warnings == ["The \"NONE\" variable is not set. Defaulting to a blank string."])
        #expect(throws: LoadFailure.self) {
            try environmentFile("/p/none.env", files: files, warn: { _ in }) { _ in nil }
        }
    }

    @Test(arguments: ["A B=1", "A!=1", "A='x", "A=\"x", "A=${B", "A=1\n\u{FEFF}B=2"])
    func brokenLinesAreRefused(text: String) {
        #expect(throws: DotEnv.Failure.self) { try parse(text) }
    }

    @Test func theErrorNamesTheLine() {
        #expect(
            problems("services: {a: {image: x}}", [".env": "A=1\n\nB!=2\n"])
                == ["/p/.env:3:1: unexpected character \"!\" in the name of a variable"])
    }

    @Test func valuesThatGrowWithoutEndAreRefused() {
        var text = "A0=xxxxxxxxxx\n"
        for index in 1..<30 { text += "A\(index)=" + String(repeating: "$A\(index - 1)", count: 10) + "\n" }
        #expect(throws: DotEnv.Failure.self) { try parse(text) }
    }

    @Test func precedenceOfVariables() throws {
        let service = try service(
            "services: {a: {image: x, env_file: [one.env, two.env], environment: {C: own, D: , E: }}}",
            ["one.env": "A=1\nB=1\nC=1\nD=1", "two.env": "B=2\nF=${G}", ".env": "D=dot\nG=g\nH=h"],
            environment: ["H": "outer"])
        #expect(service.environment == ["A": "1", "B": "2", "C": "own", "D": "dot", "E": nil, "F": "g"])
        #expect(service.envFiles.isEmpty)
    }

    @Test func aMissingEnvFileMattersOnlyWhenItIsRequired() {
        #expect(
            problems("services: {a: {image: x, env_file: nope}}")
                == ["compose.yaml:1:36: services.a.env_file: env file /p/nope not found"]
        )
        #expect(problems("services: {a: {image: x, env_file: [{path: nope, required: false}]}}") == [])
        #expect(problems("services: {a: {image: x}, b: {image: x, env_file: nope, profiles: [p]}}") == [])
    }

    @Test func rawFilesAreTakenLiterally() throws {
        let service = try service(
            "services: {a: {image: x, env_file: [{path: r, format: raw}]}}", ["r": "A=\"x\" # $B\n"])
        #expect(service.environment == ["A": "\"x\" # $B"])
    }
}
