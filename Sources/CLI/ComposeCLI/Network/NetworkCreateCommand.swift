internal import ArgumentParser
internal import EngineModel
internal import Primitives
internal import TerminalUI

struct NetworkCreateCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.exactly(1)

    @Option(help: .value("map", "Auxiliary IPv4 or IPv6 addresses that no container gets (format: NAME=ADDRESS)"))
    var auxAddress: [String] = []
    @Option(name: .shortAndLong, help: "Driver to manage the Network")
    var driver = "bridge"
    @Option(help: .value("strings", "IPv4 or IPv6 Gateway for the master subnet"))
    var gateway: [String] = []
    @Flag(name: .customLong("internal"), help: "Restrict external access to the network")
    var isInternal = false
    @Option(help: .value("strings", "Allocate container ip from a sub-range"))
    var ipRange: [String] = []
    @Flag(help: "Enable or disable IPv6 address assignment")
    var ipv6 = false
    @Option(help: .value("list", "Set metadata on a network"))
    var label: [String] = []
    @Option(name: .shortAndLong, help: .value("map", "Set driver specific options"))
    var opt: [String] = []
    @Option(help: .value("strings", "Subnet in CIDR format that represents a network segment"))
    var subnet: [String] = []
    @Argument(help: "NETWORK")
    var name: String

    func execute(_ context: CommandContext) throws -> Int32 {
        var configuration = NetworkConfiguration(name: name)
        configuration.driver = driver
        configuration.driverOptions = try KeyValueWords.options(opt, of: "-o, --opt")
        configuration.labels = KeyValueWords.labels(label)
        configuration.isInternal = isInternal
        configuration.enableIPv6 = ipv6
        configuration.pools = try NetworkPools(
            subnets: Self.several(subnet), gateways: Self.several(gateway), ranges: Self.several(ipRange),
            auxiliary: try KeyValueWords.options(auxAddress, of: "--aux-address")
        ).pools
        let engine = try context.engine()
        if try engine.network(named: name)?.name == name || ["host", "none"].contains(name) {
            throw CommandError("network with name \(name) already exists")
        }
        try engine.createNetwork(configuration)
        for warning in engine.takeWarnings() { context.warn(warning) }
        context.tell("Network \(name)", "Created")
        context.output.line(try engine.network(named: name)?.id ?? name)
        return 0
    }

    /// A word may hold several, with commas between them.
    private static func several(_ words: [String]) -> [String] {
        words.flatMap { $0.split(separator: ",").map(String.init) }
    }
}
