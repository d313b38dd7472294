internal import ComposeModel
internal import EngineModel
internal import ImageBuilder

/// Words of the options that `compose build` and `compose image build` share.
enum BuildWords {
    /// `NAME=VALUE`, or `NAME` for the environment's value; a name without one there is left out.
    static func arguments(_ words: [String], environment: [String: String]) -> [String: String] {
        var result: [String: String] = [:]
        for word in words {
            let pair = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if let value = pair.count > 1 ? pair[1] : environment[pair[0]] { result[pair[0]] = value }
        }
        return result
    }

    /// `default`, `default=SOCKET`, `ID=SOCKET`.
    static func ssh(_ word: String) throws(CommandError) -> SSHKey {
        let pair = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if pair.count == 1 && pair[0] != "default" { throw CommandError("invalid ssh key \"\(word)\"") }
        return SSHKey(id: pair[0], path: pair.count > 1 ? pair[1] : nil)
    }

    /// `id=x,src=file`, `id=x,env=VARIABLE`, `id=x`: the variable of that name, else the file.
    static func secret(
        _ words: String, environment: [String: String], workingDirectory: String
    ) throws(CommandError) -> BuildSecret {
        var values: [String: String] = [:]
        for part in words.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let name = pair[0] == "source" ? "src" : pair[0]
            guard ["id", "src", "env", "type"].contains(name), pair.count > 1 else {
                throw CommandError("invalid secret \"\(words)\": \"\(part)\" is not id=, src=, env= or type=")
            }
            values[name] = pair[1]
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

    /// `64m`, `1gb`, `512`.
    static func bytes(_ text: String, _ option: String) throws(CommandError) -> Int64 {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units: [String: Int64] = ["": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40]
        var unit = text.dropFirst(digits.count).lowercased()
        if unit.count > 1 && unit.hasSuffix("b") { unit.removeLast() }
        guard let number = Int64(digits), let factor = units[unit] else {
            throw CommandError("invalid \(option) \"\(text)\": it is a number with b, k, m or g")
        }
        let (result, overflow) = number.multipliedReportingOverflow(by: factor)
        if overflow { throw CommandError("invalid \(option) \"\(text)\": it is too large") }
        return result
    }
}
