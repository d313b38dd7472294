internal import Synchronization

/// The program that becomes a supervisor or the guard of a build: this one.
package enum SupervisorProgram {
    private static let chosen = Mutex("/proc/self/exe")

    /// Tests are no such program, and name the one that is built beside them.
    package static var path: String {
        get { chosen.withLock { $0 } }
        set { chosen.withLock { $0 = newValue } }
    }
}
