internal import CLinux
internal import ContainerModel
internal import ContainerNetwork
internal import ContainerRuntime
internal import DNS
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

/// One build container from its start to its end. Blocks.
struct BuildRun {
    let station: BuildStation
    let spec: ContainerSpec
    let configuration: ContainerConfiguration

    private var subject: String { configuration.name }

    func run(
        output: (_ isError: Bool, UnsafeRawBufferPointer) -> Void, cancellation: Cancellation
    ) throws(EngineError) -> Int32 {
        if cancellation.isCancelled { throw cancelled }
        let usesStore = configuration.networkMode == .networks && !configuration.networks.isEmpty
        try station.session.add(
            BuildContainerRecord(id: spec.id, cgroupParent: spec.cgroupParent, leasesAddresses: usesStore))
        var place: BuildPlace?
        var network: RunNetwork?
        defer { takeDown(network, place) }
        if configuration.networkMode == .networks, !usesStore { place = try station.takePlace() }
        let record = try ContainerRecord(
            container: Container(
                id: spec.id, name: configuration.name, imageID: "", configuration: configuration,
                arguments: spec.process.arguments, created: .now()), spec: spec)
        let attached = try attach(record, place)
        network = attached
        try NetworkFiles(store: station.store, layout: station.layout).write(for: record, spec, attached)
        return try launch(attached, output: output, cancellation: cancellation)
    }

    private var cancelled: EngineError { EngineError(.cancelled, subject, "it was cancelled") }

    /// Whether the namespace is as it was when the program has ended.
    private var keepsNetwork: Bool {
        !configuration.privileged && configuration.capAdd.isEmpty && configuration.sysctls.isEmpty
            && configuration.dns.isEmpty
    }

    private func attach(_ record: ContainerRecord, _ place: BuildPlace?) throws(EngineError) -> RunNetwork {
        guard let place else {
            let network = try station.networks.attach(record)
            if !network.addresses.isEmpty { addNeighbours(of: network) }
            return network
        }
        if let network = place.network {
            if keepsNetwork { return network }
            network.sandbox?.close()
        }
        return try station.networks.attach(record, to: place.request)
    }

    /// Names of the containers in the networks that the build asked for.
    private func addNeighbours(of network: RunNetwork) {
        guard let records = try? station.store.containers(), let networks = try? station.store.networks() else {
            return
        }
        let ids = Dictionary(networks.map { ($0.name, $0.id) }, uniquingKeysWith: { $1 })
        for record in records where record.container.isRunning {
            let entries = NameDirectory.entries(of: record, networks: ids)
                .filter { network.addresses[$0.networkName] != nil }
            if !entries.isEmpty { station.networks.stack.setNames(of: record.id, entries) }
        }
    }

    private func launch(
        _ network: RunNetwork, output: (_ isError: Bool, UnsafeRawBufferPointer) -> Void, cancellation: Cancellation
    ) throws(EngineError) -> Int32 {
        let relay: BuildOutput
        var descriptors = LaunchDescriptors()
        descriptors.networkNamespace = network.sandbox?.namespace
        let standardOutput: Descriptor
        let standardError: Descriptor
        do throws(Errno) {
            let first = try Descriptor.pipe()
            let second = try Descriptor.pipe()
            relay = BuildOutput(output: first.read, error: second.read)
            standardOutput = first.write
            standardError = second.write
        } catch {
            throw EngineError(error, subject, doing: "no pipes for its output")
        }
        descriptors.standardOutput = standardOutput.raw
        descriptors.standardError = standardError.raw
        do throws(RuntimeError) {
            let process = try ContainerRuntime.startChild(
                spec, environment: station.environment, descriptors: descriptors)
            // With our copies closed, the pipes end with the last process.
            _ = consume standardOutput
            _ = consume standardError
            let pidfd = process.pidfd.raw
            let token = cancellation.onCancel { _ = clinux_pidfd_send_signal(pidfd, SIGKILL) }
            relay.run(until: pidfd, output)
            cancellation.forget(token)
            let code = try process.wait().code
            if cancellation.isCancelled { throw RuntimeError(.gone, step: "") }
            return code
        } catch {
            if cancellation.isCancelled { throw cancelled }
            var plain = error
            plain.container = ""
            throw EngineError(
                error.code == .programNotFound || error.code == .programNotExecutable ? .startFailed : .system,
                subject, plain.description, exitCode: error.exitStatus)
        }
    }

    /// The next step need not wait for this.
    private func takeDown(_ network: RunNetwork?, _ place: BuildPlace?) {
        if var place {
            if !keepsNetwork { network?.sandbox?.close() }
            place.network = keepsNetwork ? network : nil
            station.giveBack(place)
        }
        let (station, spec) = (station, spec)
        let isOwn = place == nil
        station.workers.run {
            try? ContainerRuntime.removeRemains(of: spec, environment: station.environment)
            if isOwn { station.networks.detach(spec.id, network) }
            try? Files.removeTree(spec.directory)
            station.session.remove(spec.id)
        }
    }
}

/// Hands over what a container writes.
struct BuildOutput: ~Copyable {
    private let output: Descriptor
    private let error: Descriptor

    init(output: consuming Descriptor, error: consuming Descriptor) {
        self.output = output
        self.error = error
    }

    /// Returns when the process has ended and both pipes are at their end: its namespace died with it, so nobody holds
    /// them any more.
    borrowing func run(until pidfd: Int32, _ sink: (_ isError: Bool, UnsafeRawBufferPointer) -> Void) {
        var watched = [output.raw, error.raw].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        while watched.contains(where: { $0.fd >= 0 }) {
            if poll(&watched, 2, -1) < 0 && errno != EINTR { break }
            for index in 0..<2 where watched[index].fd >= 0 && watched[index].revents != 0 {
                let count = read(watched[index].fd, buffer.baseAddress, buffer.count)
                if count > 0 {
                    sink(index == 1, UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                } else if count == 0 || errno != EINTR {
                    watched[index].fd = -1
                }
            }
        }
        // A program may close its output long before it ends.
        var end = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
        while poll(&end, 1, -1) < 0 && errno == EINTR {}
    }
}
