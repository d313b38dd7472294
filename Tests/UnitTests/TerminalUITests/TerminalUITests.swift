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
    func aLineThatComesInPartsHasNothingOfOthersInIt() throws {
        let text = try written { writer in
            let printer = LogPrinter(writer, colours: false, prefixes: true)
            let done = Semaphore()
            printer.print(Array("one ".utf8), of: "a-1", service: "a", time: "T", complete: false)
            try? startThread(name: "other") {
                printer.print(Array("other".utf8), of: "b-1", service: "b")
                done.signal()
            }
            writer.flush()
            for part in ["line", " in", " parts"] {
                printer.print(Array(part.utf8), of: "a-1", service: "a", time: "T", complete: false)
            }
            printer.print([], of: "a-1", service: "a", time: "T")
            done.wait()
            printer.print(Array("next".utf8), of: "a-1", service: "a", time: "T")
        }
        #expect(text == "a-1  | T one line in parts\nb-1  | other\na-1  | T next\n")
    }

    @Test
    func columnsHaveTheWidthThatDockerGivesThem() {
        var wide = Table(["NAME", "STATUS"], minimumWidth: 20)
        wide.add(["web", "up"])
        #expect(wide.text == "NAME                STATUS\nweb                 up\n")
        var narrow = Table(["SERVICE", "#", "UID"], minimumWidth: 4, padding: 2)
        narrow.add(["db", "1", "root"])
        #expect(narrow.text == "SERVICE  #   UID\ndb       1   root\n")
    }

    @Test
    func aColumnEndsWithARowThatLacksIt() {
        var table = Table([])
        for row in [["a", "b", "c"], ["long", "x", "y"], ["only"], ["a", "b"], ["é", "b"]] { table.add(row) }
        #expect(table.text == "a      b   c\nlong   x   y\nonly\na   b\né   b\n")
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
        let pull = ProgressItem("web", "Error", .error, detail: "no such image")
        #expect(
            try written { JSONProgress($0, dryRun: false).report(pull) }
                == "{\"id\":\"web\",\"text\":\"Error\",\"status\":\"no such image\"}\n")
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
