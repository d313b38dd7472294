internal import Dockerfile
internal import ImageModel

/// All that is to be done for a target, as values.
struct BuildPlan: Sendable {
    /// By their index in the Dockerfile; nil for those that the target does not need.
    var stages: [PlannedStage?]
    /// The target's index.
    var target: Int
    /// The needed stages, each after those that it needs.
    var order: [Int]
    /// Images that steps take files from.
    var images: [String: BaseImage]
}

/// An image that a build begins from.
struct BaseImage: Sendable, Hashable {
    var id: String
    var configuration: ImageConfiguration
}

struct PlannedStage: Sendable {
    enum Base: Sendable {
        case scratch
        case image(BaseImage)
        case stage(Int)
    }

    var index: Int
    /// nil without `AS`.
    var name: String?
    var base: Base
    var steps: [PlannedStep]
    /// The result's configuration, without layers; entries of the history that are its own have no time yet.
    var image: ImageConfiguration
    /// How the image that it begins from is shown; nil without one.
    var baseName: String?
    /// Nothing is taken from the cache.
    var ignoresCache = false

    /// The stages whose results it needs.
    var dependencies: Set<Int> {
        var found = Set(steps.flatMap(\.sources).compactMap { if case .stage(let index) = $0 { index } else { nil } })
        if case .stage(let index) = base { found.insert(index) }
        return found
    }
}
