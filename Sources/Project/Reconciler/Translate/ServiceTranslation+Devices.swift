internal import ComposeModel
internal import ContainerModel
internal import EngineModel
internal import Primitives

extension ServiceTranslation {
    /// Device nodes of the host, and devices that specifications of the host describe.
    func addDevices(of service: Service, to result: inout ContainerConfiguration) {
        var named: [String] = []
        for device in service.devices {
            if let name = Self.interfaceName(of: device) {
                named.append(name)
            } else {
                result.devices.append(
                    DeviceMapping(
                        source: device.source, target: device.target ?? device.source,
                        permissions: device.permissions ?? "rwm"))
            }
        }
        var requests: [EngineModel.DeviceRequest] = []
        if !named.isEmpty { requests.append(EngineModel.DeviceRequest(driver: "cdi", deviceIDs: named)) }
        let reserved = service.deploy?.resources.reservations?.devices ?? []
        requests += reserved.map { Self.request($0, capability: nil) }
        requests += service.gpus.map { Self.request($0, capability: "gpu") }
        if !requests.isEmpty { result.deviceRequests = requests }
    }

    /// `vendor.com/class=name`. A colon in the name looks like the one before the path in the container.
    private static func interfaceName(of device: DeviceConfig) -> String? {
        guard CDIDeviceName(device.source) != nil else { return nil }
        guard let target = device.target, target != device.source, !target.hasPrefix("/") else { return device.source }
        return "\(device.source):\(target)"
    }

    private static func request(_ wish: ComposeModel.DeviceRequest, capability: String?) -> EngineModel.DeviceRequest {
        var capabilities = wish.capabilities
        if capabilities.isEmpty, let capability { capabilities = [capability] }
        return EngineModel.DeviceRequest(
            driver: wish.driver ?? "", count: wish.count.map { Int(clamping: $0) } ?? -1, deviceIDs: wish.deviceIDs,
            capabilities: capabilities)
    }
}
