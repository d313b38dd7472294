internal import ComposeLoader
internal import ComposeModel
internal import Digests
internal import EngineModel
internal import LinuxSystem
internal import Reconciler
internal import TerminalUI

/// What a command that changes existing containers is about.
struct ProjectState {
    var project: Project?
    var name: String
    var observed: ObservedState
    var scope: ProjectScope
}
