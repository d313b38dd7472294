/// A place in a container's log, between two records.
public struct LogPosition: Codable, Sendable, Hashable, Comparable {
    /// Number of the segment file, counted from 1.
    public var segment: Int
    /// Bytes from the segment's beginning.
    public var offset: Int

    public init(segment: Int, offset: Int) {
        self.segment = segment
        self.offset = offset
    }

    /// Before the first line.
    public static let start = LogPosition(segment: 0, offset: 0)

    public static func < (left: LogPosition, right: LogPosition) -> Bool {
        (left.segment, left.offset) < (right.segment, right.offset)
    }
}
