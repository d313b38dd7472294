internal import ArgumentParser
internal import EngineModel
internal import Primitives

struct AttachCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.atLeast(1, atMost: 1)

    @Option(help: "Override the key sequence for detaching from a container.")
    var detachKeys = ""
    @Option(help: .value("int", "Index of the container if service has multiple replicas"))
    var index = 0
    @Flag(help: "Do not attach STDIN")
    var noStdin = false
    @Flag(inversion: .prefixedNo, help: "Proxy all received signals to the process")
    var sigProxy = true
    @Argument(help: "SERVICE")
    var service: String

    func execute(_ context: CommandContext) throws -> Int32 {
        let keys = try context.detachKeys(detachKeys)
        let signals = sigProxy ? try SignalForwarder() : nil
        let container = try context.container(of: service, index: index, running: true)
        if container.state == .paused {
            throw CommandError("cannot attach to a paused container", hint: "unpause it first")
        }
        let engine = try context.engine()
        let detached = Cancellation()
        var streams = AttachedStreams(input: noStdin ? nil : 0, output: 1, error: 2)
        streams.detachKeys = keys
        streams.detached = { detached.cancel() }
        try engine.attachContainer(container.id, streams)
        signals?.forward { number in try? engine.killContainer(container.id, signal: "\(number)") }
        let code = try engine.waitForExit(container.id, cancellation: detached)
        signals?.stop()
        guard let code else { throw CommandError("read escape sequence") }
        return code
    }
}
