internal import ComposeModel
internal import EngineModel
internal import Primitives

/// Networks and volumes of the file as the engine takes them, with their labels.
struct ResourceTranslation {
    let project: Project
    let digest: (String) -> String

    func network(_ key: String, _ config: NetworkConfig) -> NetworkConfiguration {
        var result = NetworkConfiguration(name: project.networkName(key))
        result.driver = config.driver
        result.driverOptions = config.driverOptions
        result.isInternal = config.isInternal
        result.enableIPv4 = config.enableIPv4
        result.enableIPv6 = config.enableIPv6 ?? false
        result.pools = config.ipam.config.map { pool in
            AddressPool(
                subnet: pool.subnet, ipRange: pool.ipRange, gateway: pool.gateway,
                auxiliaryAddresses: pool.auxiliaryAddresses)
        }
        let pools = result.pools.map { pool in
            [pool.subnet ?? "", pool.ipRange ?? "", pool.gateway ?? "", Self.sorted(pool.auxiliaryAddresses)]
                .joined(separator: " ")
        }
        // What was not there once says nothing where it is not used: networks need not be made anew for it.
        let ipv4 = result.enableIPv4 == false ? " without IPv4" : ""
        let flags = "\(result.isInternal) \(config.attachable) \(result.enableIPv6)" + ipv4
        let text = [
            result.name, result.driver ?? "bridge", Self.sorted(result.driverOptions), flags,
            pools.joined(separator: ";"), Self.sorted(config.labels),
        ]
        result.labels = labels(config.labels, text, ProjectLabel.network, key)
        return result
    }

    func volume(_ key: String, _ config: VolumeConfig) -> VolumeConfiguration {
        var result = VolumeConfiguration(name: project.volumeName(key))
        result.driver = config.driver
        result.driverOptions = config.driverOptions
        let text = [
            result.name, result.driver ?? "local", Self.sorted(result.driverOptions), Self.sorted(config.labels),
        ]
        result.labels = labels(config.labels, text, ProjectLabel.volume, key)
        return result
    }

    private func labels(_ own: [String: String], _ text: [String], _ kind: String, _ key: String) -> [String: String] {
        var labels = own
        labels[kind] = key
        labels[ProjectLabel.project] = project.name
        labels[ProjectLabel.version] = composeLabelVersion
        labels[ProjectLabel.configHash] = digest(text.joined(separator: "\n"))
        return labels
    }

    private static func sorted(_ items: [String: String]) -> String {
        items.keys.sorted().map { "\($0)=\(items[$0] ?? "")" }.joined(separator: ",")
    }
}

/// What `com.docker.compose.version` says: the docker compose whose labels these are.
public let composeLabelVersion = "2.40.3"
