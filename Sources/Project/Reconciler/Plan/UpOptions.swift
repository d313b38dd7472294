public import ComposeModel

/// How `up` and its like change a project.
public struct UpOptions: Sendable {
    /// Services named on the command line; empty is all.
    public var named: Set<String> = []
    /// `--force-recreate`: containers are replaced even if nothing changed.
    public var forceRecreate = false
    /// `--no-recreate`: containers are kept even if something changed.
    public var noRecreate = false
    /// `--always-recreate-deps`: ``forceRecreate`` also for what the named services depend on.
    public var alwaysRecreateDependencies = false
    /// Recreated containers get new anonymous volumes instead of the old ones.
    public var renewAnonymousVolumes = false
    /// `--remove-orphans`: containers of services that the file does not have are removed.
    public var removeOrphans = false
    /// Say nothing about orphans.
    public var ignoreOrphans = false
    /// Replicas that override the file's, by service.
    public var scale: [String: Int] = [:]
    /// False only creates.
    public var start = true
    /// Seconds for a container to stop; nil: its own.
    public var timeout: Int?
    /// Names of volumes whose definition changed and that are to be made anew, with the loss of their data.
    public var recreateVolumes: Set<String> = []
    /// `-`, or `_` in compatibility mode.
    public var separator = "-"
    /// Docker compose's hash of a service, for the label ``ProjectLabel/configHash``; nil puts the planner's own there,
    /// which tells what has to be made anew.
    public var configHash: (@Sendable (Service) -> String)?
    /// For the label that records `--env-file`.
    public var environmentFiles: [String] = []
    /// The service of which a one-off container is made; its other containers are left alone.
    var oneOff: String?

    public init() {}
}
