import EngineDouble
import EngineModel
import Glibc
import LinuxSystem
import TerminalUI
import Testing

@testable import ComposeCLI

struct DoctorTests {
    private let engine = FakeEngine()

    private func doctor(_ format: String = "table") throws -> (code: Int32, text: String) {
        let pipe = try Descriptor.pipe()
        let output = OutputWriter(pipe.write.raw)
        let context = CommandContext(
            root: try RootOptions(["doctor"]), environment: [:], workingDirectory: "/", output: output, errors: output,
            engine: engine)
        var command = DoctorCommand()
        command.format = format
        let code = try command.execute(context)
        output.flush()
        return (code, String(decoding: try pipe.read.read(upTo: 65536), as: UTF8.self))
    }

    @Test func downPutsThingsInOrderEvenIfItFindsNothingOfTheProject() throws {
        let output = OutputWriter(try Descriptor.open("/dev/null", O_WRONLY).take())
        let context = CommandContext(
            root: try RootOptions(["-p", "shop", "down"]), environment: [:], workingDirectory: "/", output: output,
            errors: output, engine: engine)
        #expect(
            try DownCommand.parse(words: CommandLineWords([], CommandSyntax(of: DownCommand.self))).execute(context)
                == 0)
        #expect(engine.calls == ["reconcile"])
    }

    @Test func nothingFoundIsSaid() throws {
        let found = try doctor()
        #expect(found.code == 0)
        #expect(found.text == "What is on this host fits to the record.\n")
    }

    @Test func aContainersOwnVolumeThatOutlivedItIsNoFault() throws {
        engine.update { $0.findings = [Finding(.volume, "v", at: "/volumes/v", "the container is gone")] }
        let found = try doctor()
        #expect(found.code == 0 && found.text.contains("/volumes/v"))
    }

    @Test func findingsAreATableOrJSON() throws {
        engine.update {
            $0.findings = [Finding(.network, "shop_default", at: "cb-0123456789ab", "its bridge outlived it")]
        }
        let table = try doctor()
        #expect(table.code == 1)
        #expect(
            table.text == """
                KIND      NAME           PLACE             REASON
                network   shop_default   cb-0123456789ab   its bridge outlived it

                """)
        let json = try doctor("json")
        #expect(
            json.text == """
                [{"Kind":"network","Name":"shop_default","Place":"cb-0123456789ab",\
                "Reason":"its bridge outlived it","Removable":true}]

                """)
        #expect(throws: CommandError.self) { try doctor("xml") }
    }
}
