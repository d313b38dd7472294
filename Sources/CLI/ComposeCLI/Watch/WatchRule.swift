internal import ComposeModel
internal import LinuxSystem

/// One entry of `develop.watch` with what it leaves out.
struct WatchRule {
    let service: String
    let trigger: WatchTrigger
    private let ignored: PathPatterns
    private let contextIgnored: PathPatterns
    private let contextPath: String?
    private let included: PathPatterns

    /// Editors' temporary files and version control, which nobody wants to see synced.
    private static let always = PathPatterns([
        "**/.git", "**/*.swp", "**/*.swx", "**/*.swo", "**/4913", "**/*~", "**/.#*", "**/#*#", "**/.idea",
        "**/*___jb_*", "**/*.kate-swp", "**/*-go-tmp-umask",
    ])

    init(_ trigger: WatchTrigger, of service: Service) {
        self.service = service.name
        self.trigger = trigger
        ignored = PathPatterns(trigger.ignore)
        included = PathPatterns(trigger.include)
        contextPath = service.build?.context
        let lines = contextPath.flatMap { Files.text($0 + "/.dockerignore") } ?? ""
        contextIgnored = PathPatterns(lines.split(whereSeparator: \.isNewline).map(String.init))
    }

    /// The part of `path` below the rule's; nil when the rule is not about it.
    func relative(_ path: String) -> String? {
        guard let rest = Self.below(path, trigger.path) else { return nil }
        if Self.always.match(rest.isEmpty ? path : rest) || ignored.match(rest) { return nil }
        if let contextPath, let inContext = Self.below(path, contextPath), contextIgnored.match(inContext) {
            return nil
        }
        if !included.isEmpty && !rest.isEmpty && !included.match(rest) { return nil }
        return rest
    }

    /// Whether a directory can hold something of interest.
    func entersDirectory(_ path: String) -> Bool {
        guard let rest = Self.below(path, trigger.path) else { return false }
        return rest.isEmpty || !(Self.always.match(rest) || ignored.match(rest))
    }

    /// Where a file is inside the container.
    func target(_ relative: String) -> String? {
        trigger.target.map { relative.isEmpty ? $0 : ($0.hasSuffix("/") ? $0 : $0 + "/") + relative }
    }

    var syncs: Bool { [.sync, .syncRestart, .syncExec].contains(trigger.action) }

    private static func below(_ path: String, _ directory: String) -> String? {
        if path == directory { return "" }
        guard path.hasPrefix(directory.hasSuffix("/") ? directory : directory + "/") else { return nil }
        return String(path.dropFirst(directory.count).drop { $0 == "/" })
    }
}
