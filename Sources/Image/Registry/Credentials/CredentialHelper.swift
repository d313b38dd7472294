internal import CLinux
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// A program `docker-credential-NAME` that keeps credentials (docker-credential-helpers' protocol): the action is its
/// argument, all else goes through its standard input and output, so that no secret shows in a list of processes.
struct CredentialHelper: Sendable {
    let name: String
    let environment: [String: String]

    init(_ name: String, environment: [String: String]) throws(EngineError) {
        guard !name.isEmpty, !name.contains("/"), !name.utf8.contains(0) else {
            throw EngineError(.invalid, "config.json", "\"\(name)\" is not the name of a credential helper")
        }
        self.name = name
        self.environment = environment
    }

    var program: String { "docker-credential-\(name)" }

    /// nil if it has none for this registry.
    func get(_ key: String) throws(EngineError) -> Credential? {
        let (output, code) = try run("get", input: key)
        let text = trimmed(String(decoding: output, as: UTF8.self))
        if code != 0 {
            if text == "credentials not found in native keychain" { return nil }
            throw failed("get", text)
        }
        guard let answer = try? JSONValue(parsing: output), let secret = answer["Secret"]?.text else {
            throw EngineError(.invalid, program, "it answers with something other than credentials")
        }
        let username = answer["Username"]?.text ?? ""
        if username == "<token>" { return Credential(username: "", password: "", identityToken: secret) }
        return Credential(username: username, password: secret)
    }

    func store(_ credential: Credential, for key: String) throws(EngineError) {
        let isToken = !credential.identityToken.isEmpty
        let entry: JSONValue = [
            "ServerURL": .string(key), "Username": .string(isToken ? "<token>" : credential.username),
            "Secret": .string(isToken ? credential.identityToken : credential.password),
        ]
        let (output, code) = try run("store", input: entry.indented(by: "\t"))
        if code != 0 { throw failed("store", trimmed(String(decoding: output, as: UTF8.self))) }
    }

    func erase(_ key: String) throws(EngineError) {
        let (output, code) = try run("erase", input: key)
        let text = trimmed(String(decoding: output, as: UTF8.self))
        if code != 0, text != "credentials not found in native keychain" { throw failed("erase", text) }
    }

    private func failed(_ action: String, _ text: String) -> EngineError {
        EngineError(.unavailable, program, "\(action) failed" + (text.isEmpty ? "" : ": \(text.prefix(500))"))
    }

    /// Runs the program to its end; its standard error is ours.
    private func run(_ action: String, input: String) throws(EngineError) -> (output: [UInt8], code: Int32) {
        do throws(Errno) {
            let stdin = try Descriptor.pipe()
            let stdout = try Descriptor.pipe()
            var launch = ProgramLaunch(program, environment: environment)
            launch.input = .descriptor(stdin.read.raw)
            launch.output = .descriptor(stdout.write.raw)
            let process = try launch.start([action])
            // What the child alone holds from here on ends with it.
            close(stdout.write.take())
            let (read, write) = (stdin.read.take(), stdin.write.take())
            close(read)
            let writing = Descriptor(owning: write)
            try? writing.writeAll(Array(input.utf8))
            close(writing.take())
            let output = (try? stdout.read.readAll(limit: 1 << 20)) ?? []
            return (output, process.wait())
        } catch {
            let hint = error == .noSuchFileOrDirectory ? "config.json names it: install it, or take the name out" : ""
            throw EngineError(.unavailable, program, "starting it: \(error.description)", hint: hint)
        }
    }
}
