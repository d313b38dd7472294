import LinuxSystem
import SystemPackage
import Testing

@testable import TerminalUI

/// What a writer with a pipe behind it has written.
func written(_ body: (OutputWriter) -> Void) throws -> String {
    let pipe = try Descriptor.pipe()
    let (read, write) = (pipe.read.take(), pipe.write.take())
    let reading = Descriptor(owning: read)
    do {
        let writing = Descriptor(owning: write)
        let writer = OutputWriter(writing.raw)
        body(writer)
        writer.flush()
    }
    return String(decoding: try reading.readAll(), as: UTF8.self)
}

struct TerminalUITests {
    @Test
    func tablesHaveColumnsAsWideAsTheirWidestCellAndThreeSpaces() {
        var table = Table(["NAME", "STATUS"])
        table.add(["web-1", "Up 5 seconds"])
        #expect(table.text == "NAME    STATUS\nweb-1   Up 5 seconds\n")
    }

    @Test
    func logLinesStandBehindPaddedNamesColouredByService() throws {
        let plain = try written { writer in
            let printer = LogPrinter(writer, colours: false, prefixes: true)
            printer.register("web-1", service: "web")
            printer.register("database-1", service: "database")
            printer.print(Array("hello".utf8), of: "web-1", service: "web")
            printer.print(Array("ready".utf8), of: "database-1", service: "database", time: "2026-01-01T00:00:00Z")
        }
        #expect(plain == "web-1       | hello\ndatabase-1  | 2026-01-01T00:00:00Z ready\n")
        let coloured = try written { writer in
            let printer = LogPrinter(writer, colours: true, prefixes: true)
            printer.register("web-1", service: "web")
            printer.print([], of: "web-1", service: "web")
        }
        #expect(coloured == "\u{1b}[36mweb-1  | \u{1b}[0m\n")
    }

    @Test
    func plainProgressIsDockersLineJSONProgressAnObject() throws {
        let item = ProgressItem("Container p-db-1", "Starting", .working)
        #expect(try written { PlainProgress($0, dryRun: false).report(item) } == " Container p-db-1  Starting\n")
        #expect(
            try written { PlainProgress($0, dryRun: true).report(item) }
                == " DRY-RUN MODE -  Container p-db-1  Starting\n")
        #expect(
            try written { JSONProgress($0, dryRun: false).report(item) }
                == "{\"id\":\"Container p-db-1\",\"status\":\"Starting\"}\n")
    }

    @Test
    func coloursFollowAnsiTheTerminalAndNOCOLOR() {
        #expect(AnsiMode.auto.colours(terminal: true, noColour: false))
        #expect(!AnsiMode.auto.colours(terminal: true, noColour: true))
        #expect(!AnsiMode.auto.colours(terminal: false, noColour: false))
        #expect(AnsiMode.always.colours(terminal: false, noColour: true))
        #expect(!AnsiMode.never.colours(terminal: true, noColour: false))
    }

    @Test func aCellIsOneLineAndMovesNothing() {
        var table = Table(["CMD"])
        table.add(["\u{1B}[2Jx\nroot 1"])
        #expect(table.text == "CMD\n?[2Jx?root 1\n")
    }
}
