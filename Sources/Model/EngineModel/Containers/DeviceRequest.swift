/// Devices that a container asks for by what they can do, or by their names in the Container Device Interface (Docker's
/// `DeviceRequest`; Compose `gpus`, `deploy.resources.reservations.devices`, `devices`).
public struct DeviceRequest: Codable, Sendable, Hashable {
    /// Whose devices; `cdi`: ``deviceIDs`` are names of the Container Device Interface. Empty is whoever has some.
    public var driver: String
    /// So many of them; -1 is all. Without effect beside ``deviceIDs``.
    public var count: Int
    /// These and no others.
    public var deviceIDs: [String]
    /// All of which the devices must have, such as `gpu`.
    public var capabilities: [String]

    public init(driver: String = "", count: Int = -1, deviceIDs: [String] = [], capabilities: [String] = []) {
        self.driver = driver
        self.count = count
        self.deviceIDs = deviceIDs
        self.capabilities = capabilities
    }
}
