internal import Primitives

/// The JSON form of CMD, RUN, COPY and others.
enum JSONStrings {
    case strings([String])
    /// It is an array, but not of strings.
    case otherArray
    /// It is not a JSON array: the shell form is meant.
    case none

    init(_ text: String) {
        guard text.utf8.first == UInt8(ascii: "["), let value = try? JSONValue(parsing: text) else {
            self = .none
            return
        }
        self = value.strings.map { .strings($0) } ?? .otherArray
    }
}
