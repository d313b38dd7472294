import LinuxSystem
import SystemPackage
import Testing

@testable import TerminalUI

struct ProgressTests {
    /// The last drawing, without what moves the cursor and without times.
    private func lastDrawing(
        colours: Bool = false, dryRun: Bool = false, _ items: [ProgressItem]
    ) throws -> [String] {
        let text = try written { writer in
            let progress = TerminalProgress(writer, title: "Running", colours: colours, dryRun: dryRun)
            for item in items { progress.report(item) }
            progress.finish()
        }
        // Each drawing begins with its heading.
        let start = try #require(
            text.ranges(of: "\r\u{1b}[2K" + (colours ? "" : "[+]")).last { range in
                text[range.lowerBound...].contains("Running")
            })
        return text[start.lowerBound...].split(separator: "\n").map { line in
            var line = String(line)
            for sequence in ["\r", "\u{1b}[2K", "\u{1b}[J", "\u{1b}[?25h"] {
                line = line.replacing(sequence, with: "")
            }
            return line.replacing(/\ +\d+\.\ds$/, with: "")
        }.filter { !$0.isEmpty }
    }

    @Test func theHeadingCountsWhatIsDone() throws {
        let lines = try lastDrawing([
            ProgressItem("Network n", "Created", .done), ProgressItem("Container a", "Starting", .working),
            ProgressItem("Container b", "Error", .error, detail: "it broke"),
        ])
        #expect(lines.count == 4)
        #expect(lines[0] == "[+] Running 2/3")
        #expect(lines[1] == " ✔ Network n  Created")
        #expect(lines[2].hasSuffix(" Container a  Starting"))
        #expect(lines[3] == " ✘ Container b  Error it broke")
    }

    @Test func anItemKeepsItsPlaceAndShowsItsLastState() throws {
        let lines = try lastDrawing([
            ProgressItem("Container a", "Creating", .working), ProgressItem("Container b", "Creating", .working),
            ProgressItem("Container a", "Created", .done), ProgressItem("Container b", "Skipped", .warning),
        ])
        #expect(lines == ["[+] Running 2/2", " ✔ Container a  Created", " ! Container b  Skipped"])
    }

    /// Two images may have a layer in common.
    @Test func partsStandBelowWhatTheyBelongTo() throws {
        func layer(_ of: String, _ current: Int64, _ phase: ProgressItem.Phase) -> ProgressItem {
            ProgressItem("abc", "Downloading", phase, parent: of, amount: .init(current: current, total: 8_000_000))
        }
        let lines = try lastDrawing([
            ProgressItem("one", "Pulling", .working), layer("one", 4_000_000, .working),
            ProgressItem("two", "Pulled", .done), layer("two", 8_000_000, .done),
        ])
        #expect(lines.count == 4)
        #expect(lines[0] == "[+] Running 1/2")
        #expect(lines[1].hasSuffix(" one [⣤] 4MB / 8MB Pulling"))
        #expect(lines[2].hasSuffix(" abc Downloading"))
        #expect(lines[3].hasPrefix(" ✔ two Pulled"))
    }

    @Test func aLineIsNotLongerThanTheTerminal() throws {
        let lines = try lastDrawing([
            ProgressItem("Container a", "Error", .error, detail: String(repeating: "long ", count: 40))
        ])
        #expect(lines.count == 2)
        #expect(lines[1].hasSuffix("…"))
        #expect(lines[1].count <= 80)
    }

    /// A pipe is taken for a terminal of 24 lines.
    @Test func whatIsDoneMakesRoomForWhatIsNot() throws {
        let done = (0..<30).map { ProgressItem("Container d\($0)", "Started", .done) }
        let open = (0..<5).map { ProgressItem("Container o\($0)", "Starting", .working) }
        let lines = try lastDrawing(open + done)
        #expect(lines.count == 23)
        #expect(lines[0] == "[+] Running 30/35")
        #expect(lines.count { $0.contains("Starting") } == 5)
        #expect(lines.contains(" ✔ Container d29  Started"))
        #expect(!lines.contains(" ✔ Container d0  Started"))
    }

    @Test func aDryRunSaysSoInEachRow() throws {
        let lines = try lastDrawing(dryRun: true, [ProgressItem("Container a", "Started", .done)])
        #expect(lines == ["[+] Running 1/1", " ✔ DRY-RUN MODE -  Container a  Started"])
    }

    @Test func nothingIsDrawnWhereNothingHappened() throws {
        let text = try written { TerminalProgress($0, title: "Running", colours: true, dryRun: false).finish() }
        #expect(text == "")
    }

    @Test func theCursorIsShownAgain() throws {
        let text = try written { writer in
            let progress = TerminalProgress(writer, title: "Running", colours: false, dryRun: false)
            progress.report(ProgressItem("Container a", "Started", .done))
            progress.finish()
            progress.finish()
        }
        #expect(text.hasPrefix("\u{1b}[?25l"))
        #expect(text.hasSuffix("\u{1b}[?25h"))
        #expect(text.ranges(of: "\u{1b}[?25h").count == 1)
    }

    @Test func aPieceThatArrivesIsNoLineOfPlainText() throws {
        let text = try written { writer in
            let progress = PlainProgress(writer, dryRun: false)
            progress.report(ProgressItem("abc", "Downloading", .working, amount: .init(current: 1, total: 2)))
            progress.report(ProgressItem("web", "Pulled", .done))
            progress.report(ProgressItem("web", "Skipped", .warning, detail: "- No image to be pulled"))
        }
        #expect(text == " web Pulled \n web Skipped - No image to be pulled\n")
    }

    @Test func jsonHasThePercentageOnlyWhereTheWholeIsKnown() throws {
        func json(_ current: Int64, of total: Int64) throws -> String {
            try written { writer in
                let item = ProgressItem(
                    "abc", "Downloading", .working, parent: "web", amount: .init(current: current, total: total))
                JSONProgress(writer, dryRun: true).report(item)
            }
        }
        let begin = #"{"dry-run":true,"id":"abc","parent_id":"web","text":"Downloading""#
        #expect(try json(1, of: 3) == begin + #","current":1,"total":3,"percent":33}"# + "\n")
        #expect(try json(7, of: 0) == begin + #","current":7,"total":0}"# + "\n")
    }
}
