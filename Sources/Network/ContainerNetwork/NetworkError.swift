internal import Netlink
public import Primitives
internal import SystemPackage

/// Why something about a container's network could not be done.
public struct NetworkError: Explaining, Sendable, Hashable {
    /// What kind of failure it is.
    public enum Code: String, Sendable, Hashable {
        /// The request makes no sense; nothing was changed.
        case invalid
        /// Asked for something that is not there.
        case unsupported
        /// The subnet is in use by another network or a route of the host.
        case overlap
        /// No subnet or address is left.
        case exhausted
        /// The address is in use.
        case addressInUse
        case portTaken
        /// An interface of the needed name exists and is not ours.
        case notOurs
        case permission
        case missingKernelFeature
        case system
    }

    /// What kind of failure it is.
    public var code: Code
    /// The network, interface, address or port it is about.
    public var subject: String
    /// What is wrong, in lower case, without a full stop.
    public var reason: String
    /// What lay behind it, the nearest first.
    public var causes: [String] = []

    public init(_ code: Code, _ subject: String, _ reason: String) {
        self.code = code
        self.subject = subject
        self.reason = reason
    }

    public var category: ErrorCategory {
        switch code {
        case .invalid: .invalid
        case .unsupported: .unsupported
        case .overlap, .addressInUse, .notOurs: .conflict
        case .exhausted: .unavailable
        case .portTaken: .portTaken
        case .permission: .permission
        case .missingKernelFeature: .missingKernelFeature
        case .system: .system
        }
    }

    /// What an answer of the kernel's network means.
    public static func code(for error: any Error) -> Code {
        guard let answer = (error as? NetlinkError)?.code ?? (error as? Errno) else { return .system }
        return switch answer {
        case .notPermitted, .permissionDenied, .readOnlyFileSystem: .permission
        case .noSuchFileOrDirectory, .notSupportedOnSocket, .notSupported, .protocolNotSupported:
            .missingKernelFeature
        case .addressInUse: .addressInUse
        default: .system
        }
    }
}

/// Something that works less well than it should; worth telling the user once.
public struct NetworkWarning: Sendable, Hashable {
    /// What it is about: a network or an interface.
    public var subject: String
    /// What works less well, in lower case, without a full stop.
    public var reason: String
}
