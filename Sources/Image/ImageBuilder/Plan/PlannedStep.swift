internal import Dockerfile

/// Where files of a step come from.
enum TreeSource: Sendable, Hashable {
    /// The build context.
    case context
    /// The result of a stage, by its index.
    case stage(Int)
    /// A reference, or an id of an image that is here.
    case image(String)
    /// One of the request's named contexts.
    case named(String)
    /// No files at all.
    case empty
}

/// An instruction that makes a layer, with everything expanded.
struct PlannedStep: Sendable {
    enum Action: Sendable {
        case run(RunAction)
        case copy(CopyRequest, from: TreeSource)
        /// `WORKDIR`: made if it is missing, and then belongs to `user`.
        case makeDirectory(String, user: String?)
    }

    /// As shown: `[stage-1 2/5] RUN make`.
    var name: String
    /// Without the brackets: `RUN make`.
    var instruction: String
    /// nil for an instruction that does not stand in this Dockerfile (a trigger of the base image).
    var location: LineRange?
    var action: Action
    /// Which entry of the stage's history is this step's.
    var historyIndex: Int
    /// `SOURCE_DATE_EPOCH`, for it shows in the layer.
    var epoch: Int64?

    /// The trees that it reads, besides its stage's own.
    var sources: [TreeSource] {
        switch action {
        case .run(let run): run.mounts.compactMap(\.tree)
        case .copy(_, let source): [source]
        case .makeDirectory: []
        }
    }
}

/// What a `RUN` runs.
struct RunAction: Sendable {
    /// Program and arguments.
    var arguments: [String]
    /// A here-document that is executed; mounted as a file while it runs.
    var script: Script?
    /// `KEY=VALUE`: the image's variables and the declared build arguments.
    var environment: [String]
    /// Proxies: known to the program, but not part of the key.
    var proxies: [String] = []
    var workingDirectory: String
    var user: String?
    var network: RunInstruction.Network = .default
    var security: RunInstruction.Security = .sandbox
    var mounts: [PlannedMount] = []

    struct Script: Sendable, Hashable {
        var path: String
        var content: String
    }
}

/// A mount of a `RUN`, with everything expanded.
struct PlannedMount: Sendable {
    enum Kind: Sendable {
        case bind(from: TreeSource, path: String, readOnly: Bool)
        case cache(CacheMountUse)
        case tmpfs(size: Int64?)
        /// A file at the target, an environment variable, or both.
        case secret(id: String, required: Bool, file: Bool, variable: String?, mode: UInt32, uid: UInt32, gid: UInt32)
        case ssh(id: String, required: Bool, mode: UInt32, uid: UInt32, gid: UInt32)
    }

    var kind: Kind
    /// Absolute.
    var target: String

    var tree: TreeSource? {
        switch kind {
        case .bind(let source, _, _): source
        case .cache(let use): use.from == .empty ? nil : use.from
        case .tmpfs, .secret, .ssh: nil
        }
    }
}

/// `--mount=type=cache`.
struct CacheMountUse: Sendable, Hashable {
    var id: String
    /// What an empty cache begins with.
    var from: TreeSource
    var path: String
    var sharing: RunMount.Sharing
    var readOnly: Bool
    var mode: UInt32
    var uid: UInt32
    var gid: UInt32
}
