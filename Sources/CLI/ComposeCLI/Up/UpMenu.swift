internal import ComposeModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import Synchronization
internal import TerminalUI

/// The shortcuts of an attached `up` on a terminal: a line at the bottom says which keys there are.
final class UpMenu: Sendable {
    private struct State {
        /// Ends the watch that is on; nil: it is off.
        var watching: Cancellation?
        var problem = ""
    }

    private let context: CommandContext
    private let project: Project
    private let footer: ScreenFooter
    private let keys: KeyReader
    private let state = Mutex(State())

    private static let documentation = "https://docs.docker.com/compose/file-watch/"

    /// nil where nobody can see it or type.
    init?(_ context: CommandContext, _ project: Project) {
        let output = context.output
        guard output.isTerminal, context.ansi != .never, context.progressMode != .json,
            let keys = KeyReader(0)
        else { return nil }
        self.context = context
        self.project = project
        self.keys = keys
        footer = ScreenFooter(output.descriptor)
    }

    /// Whether `up` has one: COMPOSE_MENU decides where the option is not given, in any spelling of yes.
    static func isWanted(_ option: Bool, _ environment: [String: String]) -> Bool {
        guard option, let text = environment["COMPOSE_MENU"] else { return option }
        return ["1", "t", "true", "y", "yes"].contains(text.lowercased())
    }

    /// - Parameter watcher: the watch that is on from the start.
    func start(_ watcher: Watcher?) {
        if let watcher { startWatch(watcher) }
        context.output.setFooter(footer)
        if context.errors.isTerminal { context.errors.setFooter(footer) }
        show()
        keys.start { [self] event in
            switch event {
            case .changed: footer.redraw()
            case .key(UInt8(ascii: "w")): toggleWatch()
            case .key(UInt8(ascii: "\n")), .key(UInt8(ascii: "\r")):
                state.withLock { $0.problem = "" }
                context.output.line("")
                context.output.flush()
                show()
            case .key: break
            }
        }
    }

    /// Gives the terminal back.
    func end() {
        keys.end()
        context.output.flush()
        footer.end()
        state.withLock { $0.watching }?.cancel()
    }

    private func toggleWatch() {
        let running = state.withLock { state in
            defer { state.watching = nil }
            state.problem = ""
            return state.watching
        }
        if let running {
            running.cancel()
        } else {
            startWatch(nil)
        }
        show()
    }

    private func startWatch(_ watcher: Watcher?) {
        guard project.services.values.contains(where: { $0.develop?.watch.isEmpty == false }) else {
            state.withLock {
                $0.problem = "Watch →  watch is not yet configured. Learn more: \(Self.documentation)"
            }
            return
        }
        let cancellation = Cancellation()
        state.withLock { $0.watching = cancellation }
        try? startThread(name: "watch") { [self] in
            do {
                try (watcher ?? Watcher(context, project)).run(cancellation)
            } catch {
                RenderedError(error)?.print(on: context.errors, json: false, debug: context.root.debug)
                state.withLock { $0.watching = nil }
                show()
            }
        }
    }

    private func show() {
        let (isOn, problem) = state.withLock { ($0.watching != nil, $0.problem) }
        let key = context.noColour ? "w" : "\u{1b}[1;38;2;0;0;0;48;2;255;255;255mw\u{1b}[0m"
        let words = isOn ? " Disable Watch" : " Enable Watch"
        let item = context.noColour ? words : "\u{1b}[2m\(words)\u{1b}[0m"
        footer.show(key + item + (problem.isEmpty ? "" : "   \(problem)"))
    }
}
