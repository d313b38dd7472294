internal import EngineModel

/// What there is, looked up once: the planner asks nobody.
struct HostState: Sendable {
    /// A thing with the place where it lies.
    struct Thing: Sendable, Hashable {
        var name: String
        var place: String
    }

    /// Directories of containers that nobody is making.
    var containerDirectories: [Thing] = []
    /// Ids of the recorded containers.
    var containers: Set<String> = []
    /// Containers that do not run and still have a control group; the place is the id.
    var controlGroups: [Thing] = []
    /// Directories of volumes, those that are being made left out.
    var volumeDirectories: [Thing] = []
    /// Recorded volumes, and whether they were made for one container.
    var volumes: [String: Bool] = [:]
    /// Volumes that containers have.
    var mounted: Set<String> = []
    /// What is left of volumes that were removed, or never made to the end.
    var volumeRemains: [Thing] = []
    /// Bridges without a record, and that of all projects when no container is in it.
    var networks: [Thing] = []
    /// What dead processes were making.
    var temporaryDirectories: [Thing] = []
    /// Directories of projects that nobody supervises and in which nothing runs.
    var projectDirectories: [Thing] = []
}

/// What does not fit, in the order in which it is put right. Pure.
func findings(_ state: HostState) -> [Finding] {
    var found: [Finding] = []
    for thing in state.containerDirectories where !state.containers.contains(thing.name) {
        found.append(
            Finding(.containerDirectory, thing.name, at: thing.place, "no container has it: its making was interrupted")
        )
    }
    for thing in state.controlGroups {
        found.append(Finding(.controlGroup, thing.name, at: thing.place, "the container does not run any more"))
    }
    for thing in state.volumeRemains {
        found.append(
            Finding(.removedVolume, thing.name, at: thing.place, "its making or its removal was interrupted"))
    }
    let remains = Set(state.volumeRemains.map(\.place))
    for thing in state.volumeDirectories where state.volumes[thing.name] == nil && !remains.contains(thing.place) {
        found.append(
            Finding(.volumeDirectory, thing.name, at: thing.place, "no volume has it; move it elsewhere or delete it"))
    }
    for (name, isOwn) in state.volumes.sorted(by: { $0.key < $1.key }) where isOwn && !state.mounted.contains(name) {
        let place = state.volumeDirectories.first { $0.name == name }?.place ?? ""
        found.append(
            Finding(
                .volume, name, at: place,
                "the container that it was made for is gone; `compose system prune --volumes` removes it"))
    }
    for thing in state.networks {
        found.append(
            Finding(.network, thing.name, at: thing.place, "nothing is in it, and nothing tells of it any more"))
    }
    for thing in state.temporaryDirectories {
        found.append(Finding(.temporaryDirectory, thing.name, at: thing.place, "who made it is gone"))
    }
    for thing in state.projectDirectories {
        found.append(
            Finding(.projectDirectory, thing.name, at: thing.place, "nobody supervises it, and nothing runs in it"))
    }
    return found
}
