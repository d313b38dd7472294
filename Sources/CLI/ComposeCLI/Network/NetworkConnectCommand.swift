internal import ArgumentParser
internal import EngineModel
internal import Primitives

/// A container that runs gets its interface and names at once.
struct NetworkConnectCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.exactly(2)

    @Option(help: .value("strings", "Add network-scoped alias for the container"))
    var alias: [String] = []
    @Option(help: .value("int", "Highest gw-priority provides the default gateway"))
    var gwPriority = 0
    @Option(help: "IPv4 address (e.g., \"172.30.100.104\")")
    var ip: String?
    @Option(help: "IPv6 address (e.g., \"2001:db8::33\")")
    var ip6: String?
    @Option(help: .value("strings", "Add a link-local address for the container"))
    var linkLocalIp: [String] = []
    @Option(help: "MAC address (e.g., \"92:d0:c6:0a:29:33\")")
    var macAddress: String?
    @Argument(help: "NETWORK")
    var network: String
    @Argument(help: "CONTAINER")
    var container: String

    func execute(_ context: CommandContext) throws -> Int32 {
        let engine = try context.engine()
        let found = try engine.container(container)
        var attachment = NetworkAttachment(network: network)
        attachment.aliases = alias.flatMap { $0.split(separator: ",").map(String.init) }
        attachment.gatewayPriority = gwPriority
        if let ip, IPv4Address(ip) == nil { throw CommandError("invalid IPv4 address: \(ip)") }
        if let ip6, IPv6Address(ip6) == nil { throw CommandError("invalid IPv6 address: \(ip6)") }
        attachment.ipv4Address = ip
        attachment.ipv6Address = ip6
        attachment.linkLocalAddresses = linkLocalIp.flatMap { $0.split(separator: ",").map(String.init) }
        for address in attachment.linkLocalAddresses where IPAddress(address) == nil {
            throw CommandError("invalid link-local address: \(address)")
        }
        attachment.macAddress = macAddress
        guard try engine.network(named: network) != nil else {
            throw EngineError(.notFound, "network \(network)", "not found")
        }
        try engine.connect(found.id, attachment)
        context.tell("Network \(network)", "Connected")
        return 0
    }
}
