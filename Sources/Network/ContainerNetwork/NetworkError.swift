/// Why something about a container's network could not be done.
public struct NetworkError: Error, Sendable, Hashable {
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

    public var code: Code
    /// The network, interface, address or port it is about.
    public var subject: String
    /// What is wrong, in lower case, without a full stop.
    public var reason: String

    public init(_ code: Code, _ subject: String, _ reason: String) {
        self.code = code
        self.subject = subject
        self.reason = reason
    }
}

extension NetworkError: CustomStringConvertible {
    public var description: String { subject.isEmpty ? reason : "\(subject): \(reason)" }
}

/// Something that works less well than it should; worth telling the user once.
public struct NetworkWarning: Sendable, Hashable {
    public var subject: String
    public var reason: String
}
