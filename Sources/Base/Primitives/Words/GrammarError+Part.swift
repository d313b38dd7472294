extension GrammarError {
    /// `part`, cut from `whole`, is not `what`: `is not a port: "80a" is not a container port, use 80 or 8000-8010`.
    ///
    /// - Parameters:
    ///   - what: what is wrong with the part, as the rest of a sentence that it begins.
    ///   - kind: what the whole should be; named where the part is not all of it.
    init(_ part: Substring, of whole: String, _ what: String, as kind: String) {
        let reason = part.utf8.count == whole.utf8.count ? what : "is not \(kind): \"\(part.prefix(100))\" \(what)"
        self.init(reason, in: whole, at: whole.utf8.distance(from: whole.startIndex, to: part.startIndex))
    }

    /// - Parameter place: where `text` is wrong.
    init(_ reason: String, in text: String, at place: String.Index) {
        self.init(reason, in: text, at: text.utf8.distance(from: text.startIndex, to: place))
    }
}
