public import ImageModel

/// What happens to a layer, or to the image as a whole.
public struct TransferEvent: Sendable, Hashable {
    /// How far a layer is.
    public enum Phase: Sendable, Hashable {
        /// Known, but not begun. For the image as a whole: its manifest is known.
        case waiting
        case downloading
        case verifying
        /// Everything was received; it is unpacked now.
        case extracting
        case done
        /// Nothing to transfer: it is there.
        case exists
        /// A push looks whether the registry has it, or waits for its turn.
        case preparing
        case pushing
        /// The registry took it from another repository of its own.
        case mounted(from: String)
        /// Why, and when the next attempt begins.
        case retrying(String)
    }

    /// The first 12 digits of the layer's digest; empty for the image as a whole.
    public var layer: String
    /// What is done with it now.
    public var phase: Phase
    /// Bytes so far, and in all; 0 where they mean nothing.
    public var current: Int64
    /// Bytes that ``current`` will reach; 0 if unknown.
    public var total: Int64

    public init(_ layer: String, _ phase: Phase, current: Int64 = 0, total: Int64 = 0) {
        self.layer = layer
        self.phase = phase
        self.current = current
        self.total = total
    }
}

/// What a pull led to.
public struct PulledImage: Sendable, Hashable {
    /// The image's id, `sha256:…`.
    public var id: String
    /// Of what the name means at the registry: an index or a manifest.
    public var digest: Digest
    /// Whether the name meant another image before, or none.
    public var isNew: Bool
}

/// What a push led to.
public struct PushedImage: Sendable, Hashable {
    /// Of the manifest.
    public var digest: Digest
    /// Bytes of the manifest.
    public var size: Int64
}

extension Digest {
    /// As lists show it.
    var short: String { String(hex.prefix(12)) }
}
