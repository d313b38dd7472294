public import ContainerNetwork
public import EngineModel
internal import FoundationEssentials
internal import Glibc
internal import LinuxSystem
internal import Primitives
public import StateStore
internal import SystemPackage

/// The bridges, parents and packet rules that were made for this data root. Each is noted in the run root before it is made and
/// until it is gone, so that it can be removed when nothing else tells of it any more. What has no note is somebody
/// else's.
///
/// A network's record is written before its first container and forgotten before its bridge is removed, both in one
/// transaction with the addresses that containers have of it: no bridge is made for a network that is being removed.
public struct MadeNetworks: Sendable {
    private let layout: DataLayout
    private var folder: String { "\(layout.runRoot)/network/made" }

    /// A run root may serve several data roots.
    private struct Note: Codable {
        var dataRoot: String
        var network: NetworkPlan
    }

    public init(_ layout: DataLayout) {
        self.layout = layout
    }

    /// ``HostNetwork/ensure(_:)``, noted before.
    func ensure(_ network: NetworkPlan, on host: HostNetwork) throws(EngineError) {
        do {
            let path = path(network.id)
            if !Files.exists(path) {
                try Files.makeDirectories(folder)
                let note = Note(dataRoot: layout.dataRoot, network: network)
                try Files.replace(path, with: Array(try JSONEncoder().encode(note)))
            }
        } catch {
            throw EngineError(.system, "network \(network.name)", "it cannot be noted in \(folder): \(error)")
        }
        try EngineError.explaining("network \(network.name)") { _ = try host.ensure(network) }
    }

    /// ``HostNetwork/remove(_:)``, and then the note. Whoever else removes it waits.
    public func remove(_ network: NetworkPlan, from host: HostNetwork) throws(EngineError) {
        let path = path(network.id)
        try EngineError.explaining("network \(network.name)") {
            try Files.makeDirectories(folder)
            let note = try FileLock(path)
            defer { note.unlock() }
            // Those of all data roots: a parent belongs to whoever uses it.
            try host.remove(network, besides: notes().map(\.network))
            note.remove(path)
        }
    }

    /// Networks of this data root that were made and that no record tells of any more.
    public func remains(_ store: StateStore) throws(EngineError) -> [NetworkPlan] {
        // Notes before records: whatever is noted was recorded before.
        let noted = notes().filter { $0.dataRoot == layout.dataRoot }.map(\.network)
        if noted.isEmpty { return [] }
        let recorded = Set(try store.networks().map(\.id))
        let building = BuildNetwork(layout: layout).networkInUse()
        return noted.filter { !recorded.contains($0.id) && $0.id != building?.id }
    }

    /// Removes what ``remains(_:)`` finds.
    public func sweep(_ store: StateStore) throws(EngineError) {
        try BuildNetwork(layout: layout).removeIfUnused()
        let remains = try remains(store)
        if remains.isEmpty { return }
        let host = try EngineError.explaining("network host") { try HostNetwork(runRoot: layout.runRoot) }
        for network in remains { try remove(network, from: host) }
    }

    private func notes() -> [Note] {
        ((try? Files.list(folder)) ?? []).compactMap { id in
            guard let bytes = try? Files.read(path(id)) else { return nil }
            return try? JSONDecoder().decode(Note.self, from: Data(bytes))
        }
    }

    private func path(_ id: String) -> String { "\(folder)/\(id)" }
}
