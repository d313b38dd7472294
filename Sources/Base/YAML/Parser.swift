import CYAML

/// Reads all documents of a YAML text.
///
/// Aliases are expanded, merge keys (`<<`) applied, `!reset` and `!override` collected. A key twice in a mapping is
/// noted in the document.
public func parseYAML(
    _ text: [UInt8], file: UInt16 = 0, limits: YAMLLimits = YAMLLimits()
) throws(YAMLFailure) -> [Document] {
    var result: Result<[Document], YAMLFailure> = .success([])
    text.withUnsafeBufferPointer { bytes in
        result = Result { () throws(YAMLFailure) in
            let events = try EventReader(bytes, file: file)
            let composer = Composer(events: events, limits: limits)
            return try composer.documents()
        }
    }
    return try result.get()
}

/// libyaml's parser, with the event it stands on. The text must outlive it.
final class EventReader {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private(set) var event = yaml_event_t()
    private var holdsEvent = false
    private let file: UInt16
    private let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>, file: UInt16) throws(YAMLFailure) {
        self.file = file
        self.bytes = bytes
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        guard yaml_parser_initialize(parser) == 1 else { throw YAMLFailure("out of memory", at: Mark(file: file)) }
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        if holdsEvent { yaml_event_delete(&event) }
        yaml_parser_delete(parser)
        parser.deinitialize(count: 1)
        parser.deallocate()
    }

    func next() throws(YAMLFailure) {
        if holdsEvent { yaml_event_delete(&event) }
        holdsEvent = false
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure }
        holdsEvent = true
    }

    var type: yaml_event_type_t { event.type }

    var mark: Mark {
        Mark(
            file: file, line: UInt32(truncatingIfNeeded: event.start_mark.line + 1),
            column: UInt32(truncatingIfNeeded: event.start_mark.column + 1))
    }

    private var failure: YAMLFailure {
        let parser = parser.pointee
        let problem = parser.problem.map { String(cString: $0) } ?? "the text cannot be read"
        let context = parser.context.map { String(cString: $0) } ?? ""
        var place = parser.problem_mark
        var message = SyntaxError.text(problem, context: context, character: character(at: place))
        if SyntaxError.concernsStart(problem, context: context) || place.line == 0 && place.column == 0 {
            place = parser.context_mark
        }
        if parser.error == YAML_READER_ERROR {
            place = Self.place(of: Int(clamping: parser.problem_offset), in: bytes)
            if parser.problem_value == 0 { message = "a NUL character is not allowed" }
        }
        return YAMLFailure(
            message,
            at: Mark(
                file: file, line: UInt32(truncatingIfNeeded: place.line + 1),
                column: UInt32(truncatingIfNeeded: place.column + 1)))
    }

    /// The character there; nil at the end. libyaml's index counts characters, so the line is looked up instead.
    private func character(at place: yaml_mark_t) -> Unicode.Scalar? {
        var line = 0
        var start = 0
        while line < Int(place.line), start < bytes.count {
            if bytes[start] == 10 { line += 1 }
            start += 1
        }
        let end = bytes[start...].firstIndex(of: 10) ?? bytes.count
        let text = String(decoding: bytes[start..<min(end, start + 4096)], as: UTF8.self)
        return text.unicodeScalars.dropFirst(Int(place.column)).first
    }

    /// Line and column of a byte, from 0.
    private static func place(of offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> yaml_mark_t {
        let before = bytes.prefix(offset)
        let start = before.lastIndex(of: 10).map { $0 + 1 } ?? 0
        let lines = before.count { $0 == 10 }
        let columns = before[start...].count { $0 & 0xC0 != 0x80 }
        return yaml_mark_t(index: offset, line: lines, column: columns)
    }
}
