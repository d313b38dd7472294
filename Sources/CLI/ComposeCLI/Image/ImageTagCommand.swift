internal import ArgumentParser
internal import EngineModel
internal import ImageStore
internal import TerminalUI

struct ImageTagCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.exactly(2)

    @Argument(help: "SOURCE[:TAG]")
    var source: String
    @Argument(help: "TARGET[:TAG]")
    var target: String

    func execute(_ context: CommandContext) throws -> Int32 {
        let images = try context.images()
        try images.tag(source, as: target)
        return 0
    }
}
