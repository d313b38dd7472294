internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// The program that compiles policies and gives them to the kernel.
struct AppArmorParser {
    /// Its file.
    let path: String

    /// Replaces the profile of this name, without a look at the cache of compiled ones.
    func load(_ profile: AppArmorProfile) throws(RuntimeError) {
        let step = "load AppArmor profile \"\(profile.name)\""
        let code: Int32, words: String
        do throws(Errno) {
            (code, words) = try run(["--skip-cache", "--replace", "--quiet"], input: profile.text)
        } catch {
            throw RuntimeError(.system, step: step, cause: error)
        }
        guard code == 0 else {
            let reason = words.split(separator: "\n").first.map { ": \($0)" } ?? ""
            throw RuntimeError(.system, step: step, reason: "\(path) ended with \(code)\(reason)")
        }
    }

    /// - Returns: the exit code, and what it complained of.
    private func run(_ arguments: [String], input: String) throws(Errno) -> (code: Int32, words: String) {
        let source = try Descriptor.pipe(), complaints = try Descriptor.pipe()
        var launch = ProgramLaunch(path: path, name: "apparmor_parser", environment: ["PATH": "/usr/sbin:/usr/bin"])
        launch.input = .descriptor(source.read.raw)
        launch.output = .nothing
        launch.errors = .descriptor(complaints.write.raw)
        // Less than a pipe takes in: nothing waits for the program.
        try source.write.writeAll(Array(input.utf8))
        let program = try launch.start(arguments)
        // What the program alone holds from here on ends with it, and with our end what it reads.
        close(complaints.write.take())
        close(source.write.take())
        let words = (try? complaints.read.readAll(limit: 1 << 20)) ?? []
        return (program.wait(), String(decoding: words, as: UTF8.self))
    }
}
