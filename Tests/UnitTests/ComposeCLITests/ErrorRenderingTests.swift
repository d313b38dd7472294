import EngineModel
import LinuxSystem
import Primitives
import Reconciler
import SystemPackage
import TerminalUI
import Testing

@testable import ComposeCLI

struct ErrorRenderingTests {
    private let error = EngineError(Errno.noSuchFileOrDirectory, "volume data", doing: "its directory cannot be made")

    private func printed(_ error: any Error, debug: Bool) throws -> String {
        let pipe = try Descriptor.pipe()
        let (read, write) = (pipe.read.take(), pipe.write.take())
        let reading = Descriptor(owning: read)
        do {
            let writing = Descriptor(owning: write)
            let writer = OutputWriter(writing.raw)
            RenderedError(error)?.print(on: writer, json: false, debug: debug)
            writer.flush()
        }
        return String(decoding: try reading.readAll(), as: UTF8.self)
    }

    @Test func anErrorIsOneLineThatSaysWhatAndWhy() throws {
        #expect(
            try printed(error, debug: false)
                == "volume data: its directory cannot be made: no such file or directory\n")
    }

    @Test func debugPrintsWhatLayBehindIt() throws {
        let lines = try printed(error, debug: true).split(separator: "\n")
        #expect(lines.dropFirst() == ["caused by: Errno: No such file or directory"])
    }

    @Test func causesOfAPlansFailuresArePrintedToo() throws {
        let failure = ExecutionFailure(failures: [error], cancelled: false)
        #expect(try printed(failure, debug: true).contains("caused by: Errno: No such file or directory"))
    }
}
