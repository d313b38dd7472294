/// The shapes of the Compose Specification's attributes.
enum Shapes {
    static let string = Shape(.string)
    static let anything = Shape(.any, open: true)
    static let boolean = Shape([.boolean, .string])
    static let integer = Shape([.integer, .string])
    static let number = Shape([.number, .string])
    static let strings = Shape.list(string)
    static let uniqueStrings = Shape.list(string, unique: true)
    static let stringOrList = Shape.list(string, unique: true, also: .string)
    static let scalar = Shape([.string, .number, .boolean])
    static let command = Shape.list(string, also: [.null, .string])
    static let options = Shape.map(.notEmpty, Shape([.string, .number]), open: true)

    /// `KEY=VALUE` as a list or a mapping.
    static let listOrMapping = Shape(
        [.list, .mapping], named: (.notEmpty, Shape([.string, .number, .boolean, .null])), items: string, unique: true)

    static let extraHosts = Shape(
        [.list, .mapping], named: (.notEmpty, Shape.list(string, also: .string)), items: string, unique: true)

    static let fileReferences = Shape.list(
        .object(
            ["source": string, "target": string, "uid": string, "gid": string, "mode": number], also: .string))

    static let ulimits = Shape.map(
        .lowercase,
        .object(["hard": integer, "soft": integer], required: ["soft", "hard"], also: [.integer, .string]),
        open: true)

    static let external = Shape.object(["name": string], also: [.boolean, .string])
    static let openExternal = Shape([.boolean, .string, .mapping], properties: ["name": string], open: true)

    static let document = Shape.object([
        "version": string,
        "name": string,
        "include": .list(
            .object(
                ["path": stringOrList, "env_file": stringOrList, "project_directory": string], extensible: false,
                also: .string)),
        "services": .map(.identifier, ServiceShapes.service),
        "models": .map(.identifier, model, open: true),
        "networks": .map(.identifier, network, open: true),
        "volumes": .map(.identifier, volume),
        "secrets": .map(.identifier, secret),
        "configs": .map(.identifier, config),
    ])

    private static let network = Shape.object(
        [
            "name": string, "driver": string, "driver_opts": options, "external": external, "internal": boolean,
            "enable_ipv4": boolean, "enable_ipv6": boolean, "attachable": boolean, "labels": listOrMapping,
            "ipam": .object([
                "driver": string,
                "config": .list(
                    .object([
                        "subnet": string, "ip_range": string, "gateway": string,
                        "aux_addresses": .map(.notEmpty, string),
                    ])),
                "options": .map(.notEmpty, string),
            ]),
        ], also: .null)

    private static let volume = Shape.object(
        [
            "name": string, "driver": string, "driver_opts": options, "external": external, "labels": listOrMapping,
        ], also: .null)

    private static let secret = Shape.object([
        "name": string, "environment": string, "file": string, "external": openExternal, "labels": listOrMapping,
        "driver": string, "driver_opts": options, "template_driver": string,
    ])

    private static let config = Shape.object([
        "name": string, "content": string, "environment": string, "file": string, "external": openExternal,
        "labels": listOrMapping, "template_driver": string,
    ])

    private static let model = Shape.object(
        ["name": string, "model": string, "context_size": Shape(.integer), "runtime_flags": strings],
        required: ["model"])
}
