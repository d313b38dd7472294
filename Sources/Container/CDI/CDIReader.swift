internal import ContainerModel
internal import YAML

/// Reads a specification's values; each mistake is told with its place.
struct CDIReader {
    let path: String

    func failure(_ reason: String, at node: Node, _ code: CDIError.Code = .invalid) -> CDIError {
        let place = node.mark.line > 0 ? ":\(node.mark.line):\(node.mark.column)" : ""
        return CDIError(code, path + place, reason)
    }

    func document(_ text: [UInt8]) throws(CDIError) -> Node {
        var limits = YAMLLimits()
        limits.documents = 1
        let documents: [Document]
        do throws(YAMLFailure) {
            documents = try parseYAML(text, limits: limits)
        } catch {
            throw failure(error.message, at: Node(.null, error.mark))
        }
        guard let root = documents.first?.root, root.mapping != nil else {
            throw CDIError(.invalid, path, "it is not a CDI specification")
        }
        return root
    }

    /// What is not known is not ignored: it could be what makes the device safe to use.
    func check(_ node: Node, _ keys: Set<String>, _ what: String) throws(CDIError) {
        guard let mapping = node.mapping else { throw failure("\(what) has to be a mapping", at: node) }
        for entry in mapping.entries where !keys.contains(entry.key) {
            throw failure("\(what) has no \"\(entry.key)\"", at: Node(.null, entry.keyMark), .unsupported)
        }
    }

    func text(_ node: Node, _ key: String) throws(CDIError) -> String {
        guard let value = node[key] else { throw failure("\"\(key)\" is missing", at: node) }
        guard let text = value.string, !text.isEmpty else { throw failure("\"\(key)\" has to be a text", at: value) }
        return text
    }

    func list(_ node: Node, _ key: String) throws(CDIError) -> [Node] {
        guard let value = node[key], !value.isNull else { return [] }
        guard let items = value.sequence else { throw failure("\"\(key)\" has to be a list", at: value) }
        return items
    }

    func texts(_ node: Node, _ key: String) throws(CDIError) -> [String] {
        try list(node, key).map { item throws(CDIError) in
            guard let text = item.string else { throw failure("\"\(key)\" has to be a list of texts", at: item) }
            return text
        }
    }

    func path(_ node: Node, _ key: String) throws(CDIError) -> String {
        let path = try text(node, key)
        guard path.hasPrefix("/") else { throw failure("\(key) \"\(path)\" is not an absolute path", at: node) }
        return path
    }

    func edits(_ node: Node) throws(CDIError) -> ContainerEdits {
        try check(
            node,
            ["env", "deviceNodes", "mounts", "hooks", "additionalGids", "additionalGIDs", "intelRdt", "netDevices"],
            "containerEdits")
        for key in ["intelRdt", "netDevices"] where !(node[key]?.isNull ?? true) {
            throw failure("\(key) is not supported", at: node[key] ?? node, .unsupported)
        }
        var edits = ContainerEdits()
        edits.environment = try texts(node, "env")
        for variable in edits.environment where !variable.dropFirst().contains("=") {
            throw failure("env \"\(variable)\" is not NAME=VALUE", at: node["env"] ?? node)
        }
        edits.deviceNodes = try list(node, "deviceNodes").map(deviceNode)
        edits.mounts = try list(node, "mounts").map(mount)
        edits.hooks = try list(node, "hooks").map(hook)
        for key in ["additionalGids", "additionalGIDs"] {
            edits.additionalGroups += try list(node, key).map { item throws(CDIError) in
                guard case .integer(let number) = item.value, let group = UInt32(exactly: number) else {
                    throw failure("\(key) has to be a list of numbers of groups", at: item)
                }
                return group
            }
        }
        return edits
    }

    /// Type and numbers are those of the host's node, which has to be there.
    private func deviceNode(_ node: Node) throws(CDIError) -> ContainerEdits.DeviceNode {
        try check(
            node,
            ["path", "hostPath", "type", "major", "minor", "fileMode", "permissions", "uid", "gid"], "a device node")
        var device = ContainerEdits.DeviceNode(path: try path(node, "path"))
        if node["hostPath"] != nil { device.hostPath = try path(node, "hostPath") }
        if let permissions = node["permissions"] {
            let text = permissions.string ?? ""
            guard !text.isEmpty, text.allSatisfy({ "rwm".contains($0) }) else {
                throw failure("permissions are some of r, w and m", at: permissions)
            }
            device.permissions = text
        }
        device.fileMode = try number(node, "fileMode")
        device.userID = try number(node, "uid")
        device.groupID = try number(node, "gid")
        return device
    }

    private func number(_ node: Node, _ key: String) throws(CDIError) -> UInt32? {
        guard let value = node[key], !value.isNull else { return nil }
        guard case .integer(let number) = value.value, let result = UInt32(exactly: number) else {
            throw failure("\(key) has to be a number", at: value)
        }
        return result
    }

    private func mount(_ node: Node) throws(CDIError) -> ContainerEdits.Mount {
        try check(node, ["hostPath", "containerPath", "type", "options"], "a mount")
        if let type = node["type"]?.string, !["", "bind", "none"].contains(type) {
            throw failure("mounts of type \(type) are not supported", at: node["type"] ?? node, .unsupported)
        }
        var mount = ContainerEdits.Mount(
            hostPath: try path(node, "hostPath"), containerPath: try path(node, "containerPath"))
        for option in try texts(node, "options") {
            switch option {
            case "ro": mount.readOnly = true
            // What a bind has in a container in any case, or what it may have.
            case "rw", "bind", "rbind", "nosuid", "nodev", "private", "rprivate", "slave", "rslave": break
            default:
                throw failure("mount option \(option) is not supported", at: node["options"] ?? node, .unsupported)
            }
        }
        return mount
    }

    private func hook(_ node: Node) throws(CDIError) -> HookSpec {
        try check(node, ["hookName", "path", "args", "env", "timeout"], "a hook")
        let name = try text(node, "hookName")
        guard let moment = HookSpec.Moment(rawValue: name) else {
            throw failure(
                "hooks \(name) are not supported, only createContainer and startContainer", at: node, .unsupported)
        }
        var hook = HookSpec(moment, path: try path(node, "path"))
        hook.arguments = try texts(node, "args")
        hook.environment = try texts(node, "env")
        if let timeout = node["timeout"], !timeout.isNull {
            guard case .integer(let seconds) = timeout.value, seconds > 0, seconds <= 3600 else {
                throw failure("timeout has to be a number of seconds", at: timeout)
            }
            hook.timeoutSeconds = Int(seconds)
        }
        return hook
    }
}
