internal import ComposeModel
internal import Engine

extension ServiceTranslation {
    /// The service's own limits, else those of `deploy.resources`; the loader has refused both with different values.
    func resources(of service: Service) -> Resources {
        let limits = service.deploy?.resources.limits
        let reservations = service.deploy?.resources.reservations
        var resources = Resources()
        resources.memory = service.memLimit ?? limits?.memory
        resources.memorySwap = service.memSwapLimit
        resources.memoryReservation = service.memReservation ?? reservations?.memory
        resources.memorySwappiness = service.memSwappiness
        resources.oomKillDisable = service.oomKillDisable ? true : nil
        resources.nanoCPUs = (service.cpus ?? limits?.cpus).map { Int64(($0 * 1e9).rounded()) }
        resources.cpuShares = service.cpuShares
        resources.cpuQuota = service.cpuQuota
        resources.cpuPeriod = service.cpuPeriod
        resources.cpuRealtimeRuntime = service.cpuRealtimeRuntime
        resources.cpuRealtimePeriod = service.cpuRealtimePeriod
        resources.cpusetCPUs = service.cpuset
        resources.pids = service.pidsLimit ?? limits?.pids
        if let blkio = service.blkioConfig {
            resources.blkioWeight = blkio.weight.map(Int64.init)
            resources.blkioWeightDevices = blkio.weightDevice.map {
                BlockDeviceValue(path: $0.path, value: UInt64($0.weight))
            }
            resources.blkioReadBps = blkio.deviceReadBps.map(BlockDeviceValue.init)
            resources.blkioWriteBps = blkio.deviceWriteBps.map(BlockDeviceValue.init)
            resources.blkioReadIOPS = blkio.deviceReadIOPS.map(BlockDeviceValue.init)
            resources.blkioWriteIOPS = blkio.deviceWriteIOPS.map(BlockDeviceValue.init)
        }
        return resources
    }
}

extension BlockDeviceValue {
    init(_ device: BlkioConfig.ThrottleDevice) {
        self.init(path: device.path, value: UInt64(max(0, device.rate)))
    }
}
