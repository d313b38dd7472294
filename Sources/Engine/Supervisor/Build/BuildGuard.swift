internal import CLinux
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

/// A process that sleeps until the one that builds ends, and takes down what that left if it was killed.
///
/// `compose __build-guard SESSION DATA-ROOT RUN-ROOT`, with a pipe as descriptor 3 that the building process holds open.
public enum BuildGuard {
    /// First argument of a process that is to become a guard.
    public static let command = "__build-guard"
    private static let descriptor: Int32 = 3
    private static let dismissal = UInt8(ascii: "q")

    /// The life of a guard. `arguments` without the program's name.
    public static func main(_ arguments: [String]) -> Int32 {
        guard arguments.count == 4, arguments[0] == command else { return 64 }
        clinux_ignore_sigpipe()
        chdir("/")
        umask(0o077)
        let pipe = Descriptor(owning: descriptor)
        while true {
            do throws(Errno) {
                let bytes = try pipe.read(upTo: 1)
                if bytes == [dismissal] { return 0 }
                if bytes.isEmpty { break }
            } catch {
                if error != .interrupted { return 1 }
            }
        }
        BuildSession.takeDown(arguments[1], DataLayout(dataRoot: arguments[2], runRoot: arguments[3]), store: nil)
        return 0
    }

    /// A guard from its parent's side.
    struct Handle: ~Copyable, Sendable {
        private let process: ChildProcess
        private let pipe: Descriptor

        /// Starts a guard of this program in a session of its own: a terminal's signals do not reach it.
        init(session: String, _ layout: DataLayout) throws(EngineError) {
            do throws(Errno) {
                let ends = try Descriptor.pipe()
                var launch = ProgramLaunch(path: SupervisorProgram.path, name: "compose", environment: [:])
                launch.output = .nothing
                launch.errors = .nothing
                launch.descriptors = [(number: descriptor, ours: ends.read.raw)]
                launch.group = .session
                process = try launch.start([command, session, layout.dataRoot, layout.runRoot])
                pipe = ends.write
            } catch {
                throw EngineError(error, "build", doing: "its guard cannot be started")
            }
        }

        /// Lets the guard end; returns when it has.
        consuming func dismiss() {
            try? pipe.writeAll([dismissal])
            process.wait()
        }
    }
}
