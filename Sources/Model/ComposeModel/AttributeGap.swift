/// A value in a project's files that asks for something which nothing here does, or which nothing can be made from.
/// Which values these are is stated with each attribute's support and its checks (`ComposeLoader`).
public struct AttributeGap: Sendable, Hashable, CustomStringConvertible {
    /// What follows from it.
    public enum Effect: Sendable, Hashable {
        /// The service works without: a warning when it is started.
        case warned
        /// The service would not be what its author means: an error before anything is made.
        case refused
        /// There is no such value: an error before anything is made.
        case wrong
        /// Two of the project's containers cannot run at the same time: an error before they are started.
        case clash
    }

    /// The keys that lead to the value, list items as `[0]`: `["services", "web", "logging", "driver"]`.
    public var keys: [String]
    /// The same for people: `services.web.logging.driver`.
    public var path: String
    /// `compose.yaml:12:7`; nil if unknown.
    public var place: String?
    /// What follows from it.
    public var effect: Effect
    /// Why, or which values; continues the attribute's name: `is for Windows`.
    public var reason: String

    public init(keys: [String], path: String, place: String?, effect: Effect, reason: String) {
        self.keys = keys
        self.path = path
        self.place = place
        self.effect = effect
        self.reason = reason
    }

    /// `compose.yaml:12:7: services.web.gpus is not supported: …`, `compose.yaml:9:5: services.web.user: … is …`
    public var description: String {
        let sentence: String
        switch effect {
        case .warned, .refused: sentence = "\(path) \(reason)"
        case .wrong, .clash: sentence = "\(path): \(reason)"
        }
        return (place.map { $0 + ": " } ?? "") + sentence
    }
}

extension Project {
    /// The gaps of what is in use: enabled services, and networks, volumes, secrets and configs that were not dropped.
    public var effectiveGaps: [AttributeGap] {
        gaps.filter { gap in
            guard gap.keys.count > 1 else { return true }
            let name = gap.keys[1]
            switch gap.keys[0] {
            case "services": return services[name] != nil
            case "networks": return networks[name] != nil
            case "volumes": return volumes[name] != nil
            case "secrets": return secrets[name] != nil
            case "configs": return configs[name] != nil
            case "models": return models[name] != nil
            default: return true
            }
        }
    }
}
