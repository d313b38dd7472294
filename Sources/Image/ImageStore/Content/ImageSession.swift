public import EngineModel
internal import ImageModel
internal import Primitives
internal import Synchronization

/// A lease that a whole process may have: on all images that it looks up, pulls or builds, until it has made something
/// of them. Any thread may use it.
public final class ImageSession: Sendable {
    private let state = Mutex<(lease: ContentLease, holds: Int)?>(nil)

    public init() {}

    /// nil while nobody asked for one.
    var lease: ContentLease? { state.withLock { $0?.lease } }

    fileprivate func begin(_ make: () throws(EngineError) -> ContentLease) throws(EngineError) {
        let known = state.withLock { state in
            state?.holds += 1
            return state != nil
        }
        if known { return }
        let made = try make()
        state.withLock { state in
            if state == nil { state = (made, 1) } else { state?.holds += 1 }
        }
    }

    fileprivate func end() {
        // Let go of outside the lock: that removes a file.
        let last = state.withLock { state -> ContentLease? in
            guard let held = state else { return nil }
            state = held.holds > 1 ? (held.lease, held.holds - 1) : nil
            return held.holds > 1 ? nil : held.lease
        }
        last?.release()
    }
}

extension ImageStore {
    /// Until the hold is released, what is found by ``find(_:)`` or recorded stays.
    public func hold() throws(EngineError) -> EngineHold {
        try session.begin(lease)
        let session = session
        return EngineHold { session.end() }
    }

    /// ``resolve(_:)`` for who makes something of the image: all of it is here, and with a ``hold()`` it stays.
    ///
    /// - Returns: nil if it is not here, or not whole.
    public func find(_ reference: String) throws(EngineError) -> StoredImage? {
        guard let image = try resolve(reference) else { return nil }
        guard let lease = session.lease else { return isWhole(image) ? image : nil }
        try keep(image, lease)
        // What was held before somebody removed it stays; what was removed before is not held.
        guard let again = try resolve(reference), again.id == image.id else { return try find(reference) }
        return isWhole(again) ? again : nil
    }

    /// The lease holds the image itself and its layers.
    public func keep(_ image: StoredImage, _ lease: ContentLease) throws(EngineError) {
        let identity = try EngineError.explaining { try Digest(image.id) }
        try lease.hold([.blob(identity)] + image.diffIDs.map { .layer($0) })
    }
}
