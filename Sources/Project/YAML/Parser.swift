import CYAML

/// Reads all documents of a YAML text.
///
/// Aliases are expanded, merge keys (`<<`) applied, `!reset` and `!override` collected. A key twice in a mapping is an
/// error that names both places.
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

    init(_ bytes: UnsafeBufferPointer<UInt8>, file: UInt16) throws(YAMLFailure) {
        self.file = file
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
        var message = parser.problem.map { String(cString: $0) } ?? "the text cannot be read"
        if let context = parser.context { message = "\(String(cString: context)): \(message)" }
        var place = parser.problem_mark
        if place.line == 0, place.column == 0, parser.context_mark.line > 0 { place = parser.context_mark }
        return YAMLFailure(
            message,
            at: Mark(
                file: file, line: UInt32(truncatingIfNeeded: place.line + 1),
                column: UInt32(truncatingIfNeeded: place.column + 1)))
    }
}
