internal import ArgumentParser
internal import EngineModel
internal import Primitives

struct NetworkInspectCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.some

    @Option(name: .shortAndLong, help: "Format the output: json, or a template such as {{.Driver}}")
    var format = ""
    @Argument(help: "NETWORK")
    var names: [String]

    func execute(_ context: CommandContext) throws -> Int32 {
        let engine = try context.engine()
        let containers = try engine.containers(labels: [:])
        var found = Inspections()
        for name in names {
            found.add { () throws(EngineError) in
                guard let network = try engine.network(named: name) else {
                    throw EngineError(.notFound, "network \(name)", "not found")
                }
                return Self.json(network, containers)
            }
        }
        return try found.print(format, context)
    }

    private static func json(_ network: Network, _ containers: [Container]) -> JSONValue {
        let configuration = network.configuration
        var value: JSONValue = [
            "Name": .string(network.name), "Id": .string(network.id), "Created": .string(network.created.rfc3339),
            "Scope": "local", "Driver": .string(configuration.driver ?? "bridge"), "EnableIPv4": true,
            "EnableIPv6": .boolean(configuration.hasIPv6),
        ]
        value["IPAM"] = ["Driver": "default", "Options": [:], "Config": .array(pools(network))]
        value["Internal"] = .boolean(configuration.isInternal)
        value["Attachable"] = false
        value["Ingress"] = false
        value["ConfigFrom"] = ["Network": ""]
        value["ConfigOnly"] = false
        value["Containers"] = .object(members(network, containers))
        value["Options"] = JSONValue(texts: configuration.driverOptions)
        value["Labels"] = JSONValue(texts: configuration.labels)
        return value
    }

    /// The IPv4 range as it was chosen, others as they were asked for.
    private static func pools(_ network: Network) -> [JSONValue] {
        let given = network.configuration.pools
        let own = given.first { ($0.subnet ?? "").contains(":") == false } ?? AddressPool()
        var chosen = own
        chosen.subnet = network.subnet
        chosen.gateway = network.gateway
        return [pool(chosen)] + given.filter { ($0.subnet ?? "").contains(":") }.map(pool)
    }

    private static func pool(_ pool: AddressPool) -> JSONValue {
        var value: JSONValue = ["Subnet": .string(pool.subnet ?? "")]
        if let range = pool.ipRange { value["IPRange"] = .string(range) }
        if let gateway = pool.gateway { value["Gateway"] = .string(gateway) }
        if !pool.auxiliaryAddresses.isEmpty { value["AuxiliaryAddresses"] = JSONValue(texts: pool.auxiliaryAddresses) }
        return value
    }

    /// Those that run in it, by id.
    private static func members(_ network: Network, _ containers: [Container]) -> [JSONValue.Member] {
        containers.sorted { $0.id < $1.id }.compactMap { container in
            guard container.isRunning, let address = container.addresses[network.name] else { return nil }
            let value: JSONValue = [
                "Name": .string(container.name), "MacAddress": .string(address.macAddress),
                "IPv4Address": .string("\(address.ipv4)/\(address.prefixLength)"),
            ]
            return JSONValue.Member(container.id, value)
        }
    }
}
