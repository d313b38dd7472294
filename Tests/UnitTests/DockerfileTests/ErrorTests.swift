import Dockerfile
import Testing

struct ErrorTests {
    @Test(arguments: [
        ("", "Dockerfile: it has no stage, FROM IMAGE begins one, FROM scratch an empty one"),
        ("# only\n", "Dockerfile: it has no stage, FROM IMAGE begins one, FROM scratch an empty one"),
        ("RUN a", "Dockerfile:1: RUN: it stands before the first FROM, only ARG may"),
        ("FROM a\nRNU b", "Dockerfile:2: there is no instruction RNU, did you mean RUN?"),
        ("FROM a\n\nCOPY x", "Dockerfile:3: COPY: it has no destination, write COPY SOURCE… DESTINATION"),
        ("FROM a b", "Dockerfile:1: FROM: it takes an image and, if wanted, a name, write FROM IMAGE [AS NAME]"),
        (
            "FROM a AS 1b",
            "Dockerfile:1: FROM: \"1b\" is not a stage's name, "
                + "it begins with a letter; letters, digits, -, _ and . follow"
        ),
        ("FROM a\nCOPY --form=b x y", "Dockerfile:2: COPY: there is no option --form, did you mean --from?"),
        ("FROM a\nCOPY --from=b --from=c x y", "Dockerfile:2: COPY: the option --from stands twice"),
        ("FROM a\nCOPY --from x y", "Dockerfile:2: COPY: the option --from has no value, write --from=VALUE"),
        ("FROM a\nCOPY --link=1 x y", "Dockerfile:2: COPY: the option --link=1 takes true or false"),
        (
            "FROM a\nENV --x a=b",
            "Dockerfile:2: ENV: there is no option --x, this instruction takes none"
        ),
        ("FROM a\nHEALTHCHECK --interval=0 CMD x", "Dockerfile:2: HEALTHCHECK: --interval=0 is less than 1ms"),
        ("FROM a\nENV A", "Dockerfile:2: ENV: \"A\" has no value, write ENV KEY=VALUE"),
        (
            "FROM a\nENV A=1 b c",
            "Dockerfile:2: ENV: \"b\" is not KEY=VALUE, a value with spaces needs quotes"
        ),
        (
            "FROM a\nCMD [1]",
            "Dockerfile:2: CMD: the JSON array holds something other than strings, write its items in double quotes"
        ),
        (
            "FROM a\nSHELL bash",
            "Dockerfile:2: SHELL: it takes a JSON array, write SHELL [\"/bin/bash\", \"-c\"]"
        ),
        (
            "FROM a\nRUN <<EOF\nx\n",
            "Dockerfile:2: RUN: the heredoc EOF has no end, a line that is only EOF must follow it"
        ),
        ("FROM a\nONBUILD FROM b", "Dockerfile:2: ONBUILD: FROM cannot be a trigger, all others can"),
        (
            "FROM a\nRUN --mount=type=cahce,target=/x y",
            "Dockerfile:2: RUN: --mount: there is no type cahce, did you mean cache?"
        ),
        ("FROM a\nRUN --mount=type=tmpfs y", "Dockerfile:2: RUN: --mount: type tmpfs has no target, write target=PATH"),
        (
            "FROM a\nRUN --mount=from=$X,target=/y z",
            "Dockerfile:2: RUN: --mount: from cannot have variables, name a stage, FROM $X AS NAME"
        ),
        (
            "FROM a\nHEALTHCHECK --interval=1us CMD x",
            "Dockerfile:2: HEALTHCHECK: --interval=1us is less than 1ms"
        ),
        (
            "FROM a\nHEALTHCHECK NON",
            "Dockerfile:2: HEALTHCHECK: NON is neither CMD nor NONE, write HEALTHCHECK CMD COMMAND"
        ),
        ("# escape=x\nFROM a", "Dockerfile:1: escape=x is neither \\ nor `"),
        ("# escape=`\n# escape=`\nFROM a", "Dockerfile:2: there is more than one directive escape"),
        ("FROM a\nRUN a\0b", "Dockerfile:2: the instruction holds a NUL byte"),
    ])
    func saysWhatIsWrongAndWhatWouldBeRight(text: String, expected: String) {
        let error = #expect(throws: DockerfileError.self) { try Dockerfile(parsing: text) }
        #expect(error?.description == expected)
    }

    @Test func namesAllErrorsOfAFile() {
        let error = #expect(throws: DockerfileError.self) {
            try Dockerfile(parsing: "FROM a\nCOPY x\nRUN \\\n  --bad y\nUSR z\n")
        }
        #expect(error?.others.count == 2)
        #expect(error?.others.last?.location == LineRange(5, 5))
    }

    @Test func bytesThatAreNotTextAreAnErrorOnlyInInstructions() throws {
        #expect(try Dockerfile(parsing: Array("# ".utf8) + [0xe9] + Array("\nFROM a\n".utf8)).stages.count == 1)
        #expect(throws: DockerfileError.self) {
            try Dockerfile(parsing: Array("FROM a\nRUN ".utf8) + [0xe9] + Array("\n".utf8))
        }
    }

    @Test func aMillionLinesAreReadInOneGo() throws {
        let many = "FROM a\n" + String(repeating: "RUN b\n", count: 100_000)
        #expect(try Dockerfile(parsing: many).stages[0].instructions.count == 100_000)
        let continued = "FROM a\nRUN b\\\n" + String(repeating: "c \\\n# d\n", count: 300_000) + "e"
        #expect(try Dockerfile(parsing: continued).stages[0].instructions.count == 1)
        let open = "FROM a\n" + String(repeating: "RUN x <<A\n", count: 30_000)
        #expect(throws: DockerfileError.self) { try Dockerfile(parsing: open) }
        let large = [UInt8](repeating: 0x0a, count: Dockerfile.sizeLimit + 1)
        #expect(throws: DockerfileError.self) { try Dockerfile(parsing: large) }
    }
}
