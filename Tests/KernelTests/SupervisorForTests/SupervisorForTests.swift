package import Supervisor

extension SupervisorProgram {
    /// Makes `SupervisorHost`, which is built beside the tests, the program of supervisors and guards.
    package static func useHostOfTests() {
        var folder = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
        // A bundle may be a folder with the binary in it.
        repeat {
            while let last = folder.popLast(), last != "/" {}
        } while folder.contains(".xctest")
        path = folder + "/SupervisorHost"
    }
}
