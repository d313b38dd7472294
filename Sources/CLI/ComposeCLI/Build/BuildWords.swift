internal import ComposeModel
internal import ContainerModel
internal import EngineModel
internal import ImageBuilder
internal import ImageModel
internal import Primitives

/// Words of the options that `compose build` and `compose image build` share.
enum BuildWords {
    /// `NAME=VALUE`, or `NAME` for the environment's value; a name without one there is left out.
    static func arguments(_ words: [String], environment: [String: String]) -> [String: String] {
        var result: [String: String] = [:]
        for word in words {
            let word = Assignment(parsing: word)
            if let value = word.value ?? environment[word.name] { result[word.name] = value }
        }
        return result
    }

    /// There are no builders to choose from.
    static func check(builder: String?) throws(CommandError) {
        guard let builder, !["default", ""].contains(builder) else { return }
        throw CommandError(
            "no builder \"\(builder)\" found", hint: "compose builds by itself: leave --builder out")
    }

    /// `default`, `default=SOCKET`, `ID=SOCKET`.
    static func ssh(_ word: String) throws(CommandError) -> SSHKey {
        let key = Assignment(parsing: word)
        if key.value == nil && key.name != "default" { throw CommandError("invalid ssh key \"\(word)\"") }
        return SSHKey(id: key.name, path: key.value)
    }

    /// `id=x,src=file`, `id=x,env=VARIABLE`, `id=x`: the variable of that name, else the file.
    static func secret(
        _ words: String, environment: [String: String], workingDirectory: String
    ) throws(CommandError) -> BuildSecret {
        var values: [String: String] = [:]
        for part in words.split(separator: ",") {
            let field = Assignment(parsing: part)
            let name = field.name == "source" ? "src" : field.name
            guard ["id", "src", "env", "type"].contains(name), let value = field.value else {
                throw CommandError("invalid secret \"\(words)\": \"\(part)\" is not id=, src=, env= or type=")
            }
            values[name] = value
        }
        let type = values["type"] ?? ""
        guard ["", "file", "env"].contains(type) else {
            throw CommandError("invalid secret \"\(words)\": the type is file or env")
        }
        let source = values["src"]
        guard let id = values["id"] ?? source?.split(separator: "/").last.map(String.init) else {
            throw CommandError("invalid secret \"\(words)\": the id is missing")
        }
        var variable = values["env"] ?? (type == "env" ? source ?? id : nil)
        if variable == nil, source == nil, type == "", environment[id] != nil { variable = id }
        if let variable {
            guard let value = environment[variable] else {
                throw CommandError("secret \"\(id)\": the variable \(variable) is not set")
            }
            return BuildSecret(id: id, source: .content(Array(value.utf8)))
        }
        let path = source ?? id
        return BuildSecret(id: id, source: .file(path.hasPrefix("/") ? path : "\(workingDirectory)/\(path)"))
    }

    /// `nofile=1024:2048`.
    static func ulimit(_ word: String) throws(CommandError) -> Ulimit {
        let pair = word.split(separator: "=", maxSplits: 1).map(String.init)
        let limits = (pair.count > 1 ? pair[1] : "").split(separator: ":").map { Int64($0) }
        guard let soft = limits.first ?? nil, limits.count < 3, let hard = limits.last ?? nil else {
            throw CommandError("invalid ulimit \"\(word)\": it is NAME=SOFT[:HARD]")
        }
        return Ulimit(name: pair[0], soft: soft, hard: hard)
    }

    static func platform(_ text: String) throws(CommandError) -> Platform {
        do throws(GrammarError) {
            return try Platform(parsing: text)
        } catch {
            throw CommandError(error.description)
        }
    }

    /// `64m`, `1gb`, `512`.
    static func bytes(_ text: String, _ option: String) throws(CommandError) -> Int64 {
        do throws(GrammarError) {
            return try ByteCount(parsing: text).bytes
        } catch {
            throw CommandError("invalid \(option): \(error)")
        }
    }
}
