internal import ArgumentParser
internal import EngineModel
internal import ImageModel
internal import ImageStore
internal import Primitives
internal import Registry
internal import TerminalUI

/// What the commands that talk to registries share.
enum RegistryWords {
    static func reference(_ text: String) throws -> ImageReference {
        do throws(ImageFormatError) {
            return try ImageReference(text)
        } catch {
            throw CommandError(error.description)
        }
    }

    /// Bars on a terminal, nothing when quiet; nil prints lines.
    static func progress(_ context: CommandContext, _ title: String, quiet: Bool) -> (any ProgressDisplay)? {
        if quiet { return QuietProgress() }
        switch context.progressMode {
        case .quiet: return QuietProgress()
        case .json: return context.progress(title)
        case .tty: return context.progress(title)
        case .plain, .auto: return nil
        }
    }
}
