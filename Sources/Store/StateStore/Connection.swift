internal import CSQLite
internal import EngineModel
internal import Glibc

/// A value that goes into a statement.
enum SQLValue {
    case null
    case integer(Int64)
    case text(String)

    init(_ value: Int64?) { self = value.map { .integer($0) } ?? .null }
    init(_ value: String?) { self = value.map { .text($0) } ?? .null }
    init(_ value: Bool) { self = .integer(value ? 1 : 0) }
}

/// One row of a result; only valid inside the closure that it is handed to. Columns count from 0.
struct Row {
    fileprivate let statement: OpaquePointer

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }
    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }
    func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }
    func bool(_ column: Int32) -> Bool { integer(column) != 0 }

    func text(_ column: Int32) -> String {
        guard let bytes = sqlite3_column_text(statement, column) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }
}

/// One SQLite connection with its prepared statements. Used by one thread at a time.
final class Connection {
    private let handle: OpaquePointer
    private let path: String
    private var statements: [String: OpaquePointer] = [:]

    /// Opens or creates the database file. Other processes have it open at the same time: a busy one is waited for.
    init(path: String) throws(EngineError) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            let reason = String(cString: sqlite3_errstr(code))
            sqlite3_close_v2(opened)
            throw EngineError(.system, path, "the state store cannot be opened: \(reason)")
        }
        handle = opened
        self.path = path
        sqlite3_busy_timeout(opened, 20_000)
        _ = csqlite_keep_log_on_close(opened)
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(handle)
    }

    /// Rows changed, inserted or deleted by the last statement.
    var changes: Int { Int(sqlite3_changes(handle)) }
    var lastRowID: Int64 { sqlite3_last_insert_rowid(handle) }

    /// Runs statements without parameters or results.
    func execute(script: String) throws(EngineError) {
        if sqlite3_exec(handle, script, nil, nil, nil) != SQLITE_OK { throw failure(subject: path) }
    }

    /// Runs a statement; `subject` is what an error is about.
    func run(_ sql: String, _ values: [SQLValue] = [], subject: String = "") throws(EngineError) {
        try query(sql, values, subject: subject) { (_: Row) throws(EngineError) in }
    }

    /// Runs a statement and passes each row to `each`, which must not run the same statement again.
    func query(
        _ sql: String, _ values: [SQLValue] = [], subject: String = "",
        each: (Row) throws(EngineError) -> Void
    ) throws(EngineError) {
        let statement = try prepared(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() { bind(value, to: Int32(index + 1), of: statement) }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: try each(Row(statement: statement))
            case SQLITE_DONE: return
            default: throw failure(subject: subject)
            }
        }
    }

    private func bind(_ value: SQLValue, to index: Int32, of statement: OpaquePointer) {
        switch value {
        case .null: sqlite3_bind_null(statement, index)
        case .integer(let number): sqlite3_bind_int64(statement, index, number)
        case .text(let text):
            // The C string is as long as the UTF-8 form, or shorter at a NUL, which no value of ours holds.
            csqlite_bind_text(statement, index, text, Int32(text.utf8.count))
        }
    }

    private func prepared(_ sql: String) throws(EngineError) -> OpaquePointer {
        if let statement = statements[sql] { return statement }
        var made: OpaquePointer?
        guard sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &made, nil) == SQLITE_OK,
            let made
        else { throw failure(subject: path) }
        statements[sql] = made
        return made
    }

    private func failure(subject: String) -> EngineError {
        let reason = String(cString: sqlite3_errmsg(handle))
        let subject = subject.isEmpty ? path : subject
        if [ENOSPC, EDQUOT].contains(sqlite3_system_errno(handle)), sqlite3_errcode(handle) & 0xff == SQLITE_IOERR {
            return EngineError(.noSpace, subject, "no space left for the state store")
        }
        switch sqlite3_errcode(handle) & 0xff {
        case SQLITE_CONSTRAINT: return EngineError(.conflict, subject, "it exists already")
        case SQLITE_FULL: return EngineError(.noSpace, subject, "no space left for the state store")
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH, SQLITE_CANTOPEN:
            return EngineError(.permission, path, "the state store cannot be written: \(reason)")
        case SQLITE_BUSY, SQLITE_LOCKED:
            return EngineError(.unavailable, path, "another process keeps the state store locked")
        default: return EngineError(.system, path, "the state store failed: \(reason)")
        }
    }
}
