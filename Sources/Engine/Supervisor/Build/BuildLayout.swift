internal import EngineModel
public import StateStore

extension DataLayout {
    /// Holds a directory for each process that builds, what they share, and the lock for that. In the run root, but for
    /// ``buildFiles(_:)``.
    var builds: String { "\(runRoot)/builds" }
    /// One process's record of its build containers.
    func buildSession(_ name: String) -> String { "\(builds)/\(name)" }
    /// The directory of one build container's own files; on the file system of the layers.
    public func buildFiles(_ id: String) -> String { "\(dataRoot)/builds/\(id)" }
}

/// What is noted of a build container before anything of it is made, so that anyone can take it down.
struct BuildContainerRecord: Codable {
    var id: String
    var cgroupParent: String?
    /// It has addresses of the state store.
    var leasesAddresses: Bool
}
