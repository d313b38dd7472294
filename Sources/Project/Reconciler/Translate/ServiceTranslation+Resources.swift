internal import ComposeModel
internal import ContainerModel
internal import EngineModel

extension ServiceTranslation {
    mutating func addResources(of service: Service, to result: inout ContainerConfiguration) throws(PlanFailure) {
        var resources = ResourceLimits()
        resources.memory = service.memLimit
        resources.memorySwap = service.memSwapLimit
        resources.memoryReservation = service.memReservation
        resources.memorySwappiness = service.memSwappiness
        resources.oomKillDisable = service.oomKillDisable ? true : nil
        resources.nanoCPUs = service.cpus.map(Self.nanoCPUs)
        resources.cpuShares = service.cpuShares
        resources.cpuQuota = service.cpuQuota
        resources.cpuPeriod = service.cpuPeriod
        resources.cpuRealtimeRuntime = service.cpuRealtimeRuntime
        resources.cpuRealtimePeriod = service.cpuRealtimePeriod
        resources.cpusetCPUs = service.cpuset
        resources.pids = service.pidsLimit.flatMap { $0 > 0 ? $0 : nil }
        if let deploy = service.deploy?.resources {
            if let cpus = deploy.limits?.cpus { resources.nanoCPUs = Self.nanoCPUs(cpus) }
            if let memory = deploy.limits?.memory { resources.memory = memory }
            if let pids = deploy.limits?.pids, pids > 0 { resources.pids = pids }
            if let memory = deploy.reservations?.memory { resources.memoryReservation = memory }
        }
        if let blkio = service.blkioConfig { add(blkio, to: &resources) }
        result.resources = resources
    }

    private static func nanoCPUs(_ cpus: Double) -> Int64 {
        Int64((cpus * 1_000_000_000).rounded())
    }

    private func add(_ blkio: BlkioConfig, to resources: inout ResourceLimits) {
        func limits(_ devices: [BlkioConfig.ThrottleDevice]) -> [BlkioDevice] {
            devices.map { BlkioDevice(path: $0.path, value: UInt64(max(0, $0.rate))) }
        }
        resources.blkioWeight = blkio.weight.map(Int64.init)
        resources.blkioWeightDevices = blkio.weightDevice.map {
            BlkioDevice(path: $0.path, value: UInt64($0.weight))
        }
        resources.blkioReadBps = limits(blkio.deviceReadBps)
        resources.blkioWriteBps = limits(blkio.deviceWriteBps)
        resources.blkioReadIOPS = limits(blkio.deviceReadIOPS)
        resources.blkioWriteIOPS = limits(blkio.deviceWriteIOPS)
    }
}
