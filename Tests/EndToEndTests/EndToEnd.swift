import Testing

/// Drives the built binary as a user would, with real containers. One test at a time: each compares what is on the
/// host before and after.
@Suite(.serialized)
struct EndToEnd {}
