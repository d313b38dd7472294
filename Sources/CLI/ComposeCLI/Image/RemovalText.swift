internal import ArgumentParser
internal import EngineModel
internal import ImageStore
internal import TerminalUI

extension [ImageRemovalStep] {
    /// In docker's words.
    func print(on output: OutputWriter, lowercase: Bool = false) {
        for step in self {
            switch step {
            case .untagged(let name): output.line("\(lowercase ? "untagged" : "Untagged"): \(name)")
            case .deleted(let id): output.line("\(lowercase ? "deleted" : "Deleted"): \(id)")
            }
        }
    }
}
