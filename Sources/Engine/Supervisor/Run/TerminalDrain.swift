internal import Glibc
internal import LinuxSystem
public import SystemPackage

/// A process that keeps the terminal of a program open whose caller has let go of it: closing it would hang the program
/// up, and filling it would block it. Ends with the program.
public enum TerminalDrain {
    /// What `compose` is called with to be one.
    public static let command = "terminal-drain"

    /// Starts one for the terminal whose master is `master`; that may be closed then.
    public static func start(master: Int32) throws(Errno) {
        var launch = ProgramLaunch(path: SupervisorProgram.path, name: "compose", environment: [:])
        launch.input = .descriptor(master)
        launch.output = .nothing
        launch.errors = .nothing
        launch.group = .session
        // It is nobody's to wait for: this process ends soon.
        _ = try launch.start([command])
    }

    /// The whole life of the process.
    public static func main() -> Int32 {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(0, &buffer, buffer.count)
            // Linux reports the closed other side as EIO.
            if count == 0 || (count < 0 && errno != EINTR) { return 0 }
        }
    }
}
