internal import ImageModel
internal import Primitives

extension Checks {
    /// What FROM makes of the ARGs before it.
    mutating func checkFrom(_ from: FromInstruction, _ location: LineRange, _ arguments: [Argument]) {
        checkPlatform(from, location)
        let declared = arguments.filter { $0.location.last < location.first }
        let names = declared.map(\.name) + PredefinedArguments.platformNames + PredefinedArguments.proxyNames
        var used: Set<String> = []
        for text in [from.base, from.platform ?? ""] {
            var lexer = WordLexer(text, escape: .backslash) { _ in nil }
            _ = try? lexer.read(keepsEscapes: false)
            used.formUnion(lexer.undefined)
        }
        for name in used.sorted() where !names.contains(name) {
            let guess = Spelling.closest(to: name, among: names).map { ", did you mean \($0)?" } ?? ""
            warn(.undefinedArgInFrom, location, "no ARG before FROM declares \"\(name)\"\(guess)")
        }
        checkDefaults(from, location, declared)
    }

    private mutating func checkPlatform(_ from: FromInstruction, _ location: LineRange) {
        guard let platform = from.platform else { return }
        if ["$TARGETPLATFORM", "${TARGETPLATFORM}"].contains(platform) {
            warn(.redundantTargetPlatform, location, "--platform=\(platform) is what FROM does by itself")
        } else if !platform.contains("$") {
            warn(
                .fromPlatformFlagConstDisallowed, location,
                "--platform=\(platform) is the same for every target; use a variable")
        }
    }

    /// Does the image have a name when only the defaults are known?
    private mutating func checkDefaults(_ from: FromInstruction, _ location: LineRange, _ arguments: [Argument]) {
        guard from.base.contains("$"), arguments.contains(where: { $0.value == nil && from.base.contains($0.name) })
        else { return }
        var values = Dictionary(uniqueKeysWithValues: PredefinedArguments.platformNames.map { ($0, "linux") })
        for argument in arguments {
            guard let value = argument.value else { continue }
            let known = values
            var lexer = WordLexer(value, escape: .backslash) { known[$0] }
            values[argument.name] = (try? lexer.read(keepsEscapes: false)).map {
                String(decoding: $0.text, as: UTF8.self)
            }
        }
        let known = values
        var lexer = WordLexer(from.base, escape: .backslash) { known[$0] }
        guard let text = (try? lexer.read(keepsEscapes: false))?.text else { return }
        let base = String(decoding: text, as: UTF8.self)
        if (try? ImageReference(base)) == nil {
            warn(
                .invalidDefaultArgInFrom, location,
                "without build arguments \"\(from.base)\" is \"\(base)\", which is not an image")
        }
    }
}
