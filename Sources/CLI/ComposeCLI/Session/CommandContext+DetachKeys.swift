internal import Glibc
internal import Primitives
internal import Registry

extension CommandContext {
    /// The keys that let go of a terminal: those of the option, else those of docker's configuration. nil where nobody
    /// types.
    func detachKeys(_ option: String = "") throws(CommandError) -> DetachKeys? {
        if !option.isEmpty {
            do throws(GrammarError) {
                let keys = try DetachKeys(parsing: option)
                return isatty(0) == 1 ? keys : nil
            } catch {
                throw CommandError("Invalid detach keys (\(option)) provided", hint: "they are written ctrl-p,ctrl-q")
            }
        }
        guard isatty(0) == 1 else { return nil }
        do {
            let configured = try RegistryOptions.fromEnvironment(environment).detachKeys()
            return try configured.map { try DetachKeys(parsing: $0) } ?? .standard
        } catch {
            warn("invalid detach escape keys, using default: \(error)")
            return .standard
        }
    }
}
