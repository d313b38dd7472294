/// A command whose options end at the first word that is none: the rest is a command line for a container.
protocol PassThroughCommand: ComposeCommand {
    /// Names of the options that are followed by a value, with their dashes.
    static var optionsWithValue: Set<String> { get }
}

/// A sub-command's words, put into the shape in which ArgumentParser reads what pflag reads.
///
/// `--flag=true` and `--flag=false` of flags, `--dry-run` anywhere, and for `run` and `exec` the end of the options at
/// the service's name.
struct CommandLineWords: Equatable {
    private(set) var words: [String] = []
    private(set) var dryRun = false
    private(set) var wantsHelp = false

    init(_ arguments: [String], of type: any ComposeCommand.Type) {
        let valued = (type as? any PassThroughCommand.Type)?.optionsWithValue
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            if !argument.hasPrefix("-") || argument == "-" || argument == "--" {
                if valued == nil && argument != "--" {
                    words.append(argument)
                    index += 1
                    continue
                }
                let rest = argument == "--" ? arguments[(index + 1)...] : arguments[index...]
                words += ["--"] + rest
                return
            }
            index += 1
            if let valued, Self.takesNext(argument, valued), index < arguments.count {
                words += [argument, arguments[index]]
                index += 1
            } else {
                add(argument, pullIsFlag: type is BuildCommand.Type)
            }
        }
    }

    /// Whether the value of an option is the next word: `--env`, `-e`, `-Te`, but not `--env=x` and `-eX`.
    private static func takesNext(_ argument: String, _ valued: Set<String>) -> Bool {
        if argument.hasPrefix("--") { return valued.contains(argument) }
        let letters = argument.dropFirst()
        guard let first = letters.firstIndex(where: { valued.contains("-\($0)") }) else { return false }
        return letters.index(after: first) == letters.endIndex
    }

    /// - Parameter pullIsFlag: for `build` `--pull` has no value.
    private mutating func add(_ argument: String, pullIsFlag: Bool) {
        if argument == "-h" || argument == "--help" { wantsHelp = true }
        guard argument.hasPrefix("--") else {
            words.append(argument)
            return
        }
        let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let isFlag = Self.flags.contains(name) || (pullIsFlag && name == "pull")
        guard isFlag || Self.flagsOnByDefault.contains(name),
            let on = parts.count == 1 ? true : RootOptions.boolean(String(parts[1]))
        else {
            words.append(argument)
            return
        }
        if name == "dry-run" {
            dryRun = on
        } else if on {
            words.append("--\(name)")
        } else if Self.flagsOnByDefault.contains(name) {
            words.append("--no-\(name)")
        }
    }

    private static let flagsOnByDefault: Set<String> = ["orphans", "sig-proxy", "interactive", "pause", "prune"]

    private static let flags: Set<String> = [
        "abort-on-container-exit", "abort-on-container-failure", "all", "always-recreate-deps", "archive",
        "attach-dependencies", "build", "check", "compress", "detach", "down-project", "dry-run", "follow",
        "follow-link", "force", "force-recreate", "force-rm", "ignore-buildable", "ignore-pull-failures",
        "ignore-push-failures", "include-deps", "json", "menu", "no-build", "no-cache", "no-color", "no-deps",
        "no-log-prefix", "no-recreate", "no-rm", "no-start", "no-stdin", "no-stream", "no-tty", "no-TTY", "no-trunc",
        "no-up", "print", "privileged", "push", "quiet", "quiet-build", "quiet-pull", "remove-orphans",
        "renew-anon-volumes", "resolve-image-digests", "rm", "service-ports", "services", "short", "stop",
        "timestamps", "tty", "use-aliases",
        "volumes", "wait", "watch", "with-dependencies", "with-env", "yes",
    ]
}
