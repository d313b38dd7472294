internal import ArgumentParser
internal import EngineModel
internal import LinuxSystem
internal import Primitives
internal import SystemPackage
internal import TerminalUI

struct EnableCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.none
    static var details: String? {
        """
        Installs, enables and starts the unit compose.service. On machines without systemd let the boot call
        `compose system start`, and the shutdown `compose system stop`.
        """
    }

    @Flag(name: .customLong("print"), help: "Only print the unit")
    var printsOnly = false

    func execute(_ context: CommandContext) throws -> Int32 {
        let unit = try ServiceUnit(program: Self.program(), environment: Self.roots(context.environment))
        if printsOnly {
            context.output.write(unit.text)
            return 0
        }
        try Systemd.check()
        try EngineError.explaining(ServiceUnit.path) {
            try Files.replace(ServiceUnit.path, with: Array(unit.text.utf8), mode: 0o644)
        }
        for words in ServiceUnit.installation { try Systemd.control(words) }
        context.output.line("Containers are started at boot by \(ServiceUnit.path)")
        return 0
    }

    private static func program() throws(CommandError) -> String {
        do throws(Errno) {
            return try Files.resolved("/proc/self/exe")
        } catch {
            throw CommandError("the path of this program is not known: \(error)")
        }
    }

    private static func roots(_ environment: [String: String]) -> [(name: String, value: String)] {
        ["COMPOSE_DATA_ROOT", "COMPOSE_RUN_ROOT"].compactMap { name in
            environment[name].flatMap { $0.isEmpty ? nil : (name, $0) }
        }
    }
}

struct DisableCommand: ComposeCommand {
    static var details: String? { "Disables and removes the unit that `compose enable` installed." }

    func execute(_ context: CommandContext) throws -> Int32 {
        try Systemd.check()
        guard Files.exists(ServiceUnit.path) else {
            throw CommandError("\(ServiceUnit.path) does not exist: nothing is started at boot")
        }
        try Systemd.control(["disable", ServiceUnit.name])
        try EngineError.explaining(ServiceUnit.path) { try Files.removeTree(ServiceUnit.path) }
        try Systemd.control(["daemon-reload"])
        context.output.line("Containers are no longer started at boot")
        return 0
    }
}

/// This host's systemd (systemctl(1)).
private enum Systemd {
    /// Fails where it does not run (sd_booted(3)).
    static func check() throws(CommandError) {
        if Files.exists("/run/systemd/system") { return }
        throw CommandError(
            "systemd does not run on this host", hint: "let its boot call `compose system start` instead")
    }

    static func control(_ words: [String]) throws(CommandError) {
        let call = "systemctl \(words.joined(separator: " "))"
        let code: Int32
        do throws(Errno) {
            code = try ProgramLaunch("systemctl", environment: Surroundings.environment()).start(words).wait()
        } catch {
            throw CommandError("\(call): \(error)")
        }
        guard code == 0 else { throw CommandError("\(call) ended with code \(code)") }
    }
}
