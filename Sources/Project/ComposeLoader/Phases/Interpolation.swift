internal import Primitives
import YAML

/// Replaces variables in all values of a document and reads text as the type its attribute has.
struct Interpolation {
    enum Cast: Sendable {
        case boolean, integer, float
    }

    /// Attributes whose text is read as another type after substitution.
    static let casts = PathRules<Cast>([
        "services.*.cpu_count": .integer,
        "services.*.cpu_percent": .float,
        "services.*.cpu_period": .integer,
        "services.*.cpu_quota": .integer,
        "services.*.cpu_rt_period": .integer,
        "services.*.cpu_rt_runtime": .integer,
        "services.*.cpus": .float,
        "services.*.cpu_shares": .integer,
        "services.*.init": .boolean,
        "services.*.deploy.replicas": .integer,
        "services.*.deploy.update_config.parallelism": .integer,
        "services.*.deploy.update_config.max_failure_ratio": .float,
        "services.*.deploy.rollback_config.parallelism": .integer,
        "services.*.deploy.rollback_config.max_failure_ratio": .float,
        "services.*.deploy.restart_policy.max_attempts": .integer,
        "services.*.deploy.placement.max_replicas_per_node": .integer,
        "services.*.healthcheck.retries": .integer,
        "services.*.healthcheck.disable": .boolean,
        "services.*.oom_kill_disable": .boolean,
        "services.*.oom_score_adj": .integer,
        "services.*.pids_limit": .integer,
        "services.*.ports.[].target": .integer,
        "services.*.privileged": .boolean,
        "services.*.read_only": .boolean,
        "services.*.scale": .integer,
        "services.*.stdin_open": .boolean,
        "services.*.tty": .boolean,
        "services.*.ulimits.*": .integer,
        "services.*.ulimits.*.hard": .integer,
        "services.*.ulimits.*.soft": .integer,
        "services.*.volumes.[].read_only": .boolean,
        "services.*.volumes.[].volume.nocopy": .boolean,
        "networks.*.external": .boolean,
        "networks.*.internal": .boolean,
        "networks.*.attachable": .boolean,
        "networks.*.enable_ipv4": .boolean,
        "networks.*.enable_ipv6": .boolean,
        "volumes.*.external": .boolean,
        "secrets.*.external": .boolean,
        "configs.*.external": .boolean,
    ])

    let context: LoadContext
    private let template: Template
    private var path: [String]

    /// - Parameter path: where in the document the text stands.
    init(context: LoadContext, environment: [String: String], path: [String] = []) {
        self.context = context
        self.path = path
        template = Template(
            lookup: { environment[$0] },
            missing: { [context] name in
                context.warnUnset(name)
            })
    }

    mutating func apply(to document: inout Node) throws(LoadFailure) {
        try apply(to: &document, Self.casts)
    }

    private mutating func apply(to node: inout Node, _ rules: PathRules<Cast>?) throws(LoadFailure) {
        switch node.value {
        case .string(let text):
            if rules?.rule == nil, !text.utf8.contains(UInt8(ascii: "$")) { return }
            guard let substituted = refusing(&node, { node throws(LoadFailure) in try substitute(text, at: node.mark) })
            else { return }
            if !context.grows(by: substituted.utf8.count - text.utf8.count) {
                throw context.failure("variables make the file too large", path: joined(path), at: node.mark)
            }
            if let cast = rules?.rule {
                if let value = refusing(
                    &node, { node throws(LoadFailure) in try self.cast(substituted, cast, at: node.mark) })
                {
                    node.value = value
                }
            } else {
                node.value = .string(substituted)
            }
        case .sequence(var items):
            node.value = .null
            let below = rules?.next("[]")
            for position in items.indices {
                path.append("[\(position)]")
                try apply(to: &items[position], below)
                path.removeLast()
            }
            node.value = .sequence(items)
        case .mapping(var mapping):
            node.value = .null
            for position in 0..<mapping.count {
                let key = mapping.entries[position].key
                path.append(key)
                try apply(to: &mapping[position], rules?.next(key))
                path.removeLast()
            }
            node.value = .mapping(mapping)
        default:
            return
        }
    }

    /// What `body` makes of the node; if it fails, that is reported and the node refused.
    private func refusing<Result>(
        _ node: inout Node, _ body: (Node) throws(LoadFailure) -> Result
    ) -> Result? {
        do {
            return try body(node)
        } catch {
            context.report(error)
            context.spoil(path)
            node.value = .refused
            return nil
        }
    }

    func substitute(_ text: String, at mark: Mark) throws(LoadFailure) -> String {
        do {
            return try template.substitute(text)
        } catch {
            switch error {
            case .invalid(let text):
                throw context.failure(
                    "invalid interpolation format in \"\(text)\", escape a $ that is meant literally with another $",
                    path: joined(path), at: mark)
            case .required(let message):
                throw context.failure(message, path: joined(path), at: mark)
            case .tooLong:
                throw context.failure("the value gets too long", path: joined(path), at: mark)
            }
        }
    }

    private func cast(_ text: String, _ cast: Cast, at mark: Mark) throws(LoadFailure) -> Value {
        switch cast {
        case .boolean:
            if let value = Casting.boolean(text, warn: context.warn) { return .bool(value) }
            throw context.failure("\"\(text)\" is not a boolean, use true or false", path: joined(path), at: mark)
        case .integer:
            if let value = Casting.integer(text) { return .integer(value) }
            throw context.failure("\"\(text)\" is not an integer", path: joined(path), at: mark)
        case .float:
            if let value = Casting.float(text) { return .float(value) }
            throw context.failure("\"\(text)\" is not a number", path: joined(path), at: mark)
        }
    }
}

/// Text as numbers and booleans.
enum Casting {
    static func boolean(_ text: String, warn: (String) -> Void) -> Bool? {
        switch text.lowercased() {
        case "true": return true
        case "false": return false
        case "y", "yes", "on":
            warn("\"\(text)\" for boolean is not supported by YAML 1.2, please use `true`")
            return true
        case "n", "no", "off":
            warn("\"\(text)\" for boolean is not supported by YAML 1.2, please use `false`")
            return false
        default: return nil
        }
    }

    /// Decimal with an optional sign.
    static func integer(_ text: String) -> Int64? { Int64(text) }

    /// Decimal, `.5`, `1e3`, `1_000`, `inf`; hexadecimal only with an exponent.
    static func float(_ text: String) -> Double? { Double(goSyntax: text) }
}
