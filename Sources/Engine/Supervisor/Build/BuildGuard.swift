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
        private let process: pid_t
        private let pipe: Descriptor

        /// Starts a guard of this program in a session of its own: a terminal's signals do not reach it.
        init(session: String, _ layout: DataLayout) throws(EngineError) {
            do throws(Errno) {
                let ends = try Descriptor.pipe()
                process = try Self.spawn(
                    [command, session, layout.dataRoot, layout.runRoot], reading: ends.read.raw)
                pipe = ends.write
            } catch {
                throw EngineError(error, "build", doing: "its guard cannot be started")
            }
        }

        /// Lets the guard end; returns when it has.
        consuming func dismiss() {
            try? pipe.writeAll([dismissal])
            var status: Int32 = 0
            while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        }

        /// `POSIX_SPAWN_SETSID` of spawn.h.
        private static let newSession: Int16 = 0x80

        private static func spawn(_ arguments: [String], reading end: Int32) throws(Errno) -> pid_t {
            var strings: [UnsafeMutablePointer<CChar>?] = (["compose"] + arguments).map { strdup($0) } + [nil]
            var environment: [UnsafeMutablePointer<CChar>?] = [nil]
            defer { for string in strings { free(string) } }
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            defer { posix_spawn_file_actions_destroy(&actions) }
            for stream in 0...2 as ClosedRange<Int32> {
                posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
            }
            posix_spawn_file_actions_adddup2(&actions, end, descriptor)
            var attributes = posix_spawnattr_t()
            posix_spawnattr_init(&attributes)
            defer { posix_spawnattr_destroy(&attributes) }
            var none = sigset_t()
            sigemptyset(&none)
            var all = sigset_t()
            sigfillset(&all)
            posix_spawnattr_setsigmask(&attributes, &none)
            posix_spawnattr_setsigdefault(&attributes, &all)
            posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | newSession)
            var process: pid_t = 0
            let code = posix_spawn(
                &process, SupervisorProgram.path, &actions, &attributes, &strings, &environment)
            if code != 0 { throw Errno(rawValue: code) }
            return process
        }
    }
}
