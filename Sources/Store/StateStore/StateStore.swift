public import EngineModel
internal import FoundationEssentials
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// The record of containers, networks, volumes, images, leases and events: one SQLite file below the data root.
///
/// Any thread may call any function; several processes work on the same file at once. Single functions are atomic;
/// ``transaction(_:)`` makes several so. Every change touches ``DataLayout/changes`` for other processes to notice.
/// A transaction is on the disk as a whole or not at all. Most may be lost with the machine's power, which ends all
/// containers anyway; what must not be, such as an image that was reported, is recorded in a durable one.
///
/// `@unchecked`: `connection` and the counters are only used while `lock` is held.
public final class StateStore: @unchecked Sendable {
    /// Where the store lies.
    public let layout: DataLayout
    private let lock = RecursiveLock()
    private let connection: Connection
    private let notice: Descriptor
    private let reserve: ReserveFile
    private var depth = 0
    private var changed = false

    /// Opens the store, and makes roots and tables that are missing. Takes less than a millisecond if they exist.
    public init(_ layout: DataLayout) throws(EngineError) {
        self.layout = layout
        try PrivateRoot.prepare(layout.dataRoot, content: DataLayout.dataNames)
        try PrivateRoot.prepare(layout.runRoot, content: DataLayout.runNames)
        do throws(Errno) {
            notice = try Descriptor.open(layout.changes, O_WRONLY | O_CREAT)
        } catch {
            let code = error == .permissionDenied ? EngineError.Code.permission : .system
            throw EngineError(code, layout.dataRoot, "the state directories cannot be made: \(error.description)")
        }
        connection = try Connection(path: layout.database)
        reserve = ReserveFile(directory: layout.dataRoot)
        try Schema.prepare(connection)
        reserve.make()
    }

    /// Runs `body` with no other process or thread changing the store meanwhile: all of its changes happen, or, if it
    /// throws, none. May be nested. Keep it short and never block in it.
    ///
    /// - Parameters:
    ///   - durable: when it returns, the changes, and all earlier ones, survive the loss of power. What a nested one says
    ///     does not count.
    ///   - usesReserve: `body` removes something, or records what has happened and cannot be undone. On a full disk some
    ///     of the room that is kept for that is given to it, and it is run again.
    public func transaction<Result>(
        durable: Bool = false, usesReserve: Bool = false, _ body: () throws -> Result
    ) throws(EngineError) -> Result {
        try lock.withLock { () throws(EngineError) -> Result in
            while true {
                do throws(EngineError) {
                    return try atomically(durable: durable, body)
                } catch {
                    guard usesReserve, depth == 0, error.code == .noSpace, reserve.release() else { throw error }
                }
            }
        }
    }

    private func atomically<Result>(durable: Bool, _ body: () throws -> Result) throws(EngineError) -> Result {
        try lock.withLock { () throws(EngineError) -> Result in
            if depth > 0 { return try EngineError.explaining { try body() } }
            if durable { try connection.execute(script: "PRAGMA synchronous=FULL") }
            defer { if durable { try? connection.execute(script: "PRAGMA synchronous=NORMAL") } }
            try connection.execute(script: "BEGIN IMMEDIATE")
            depth = 1
            defer { depth = 0 }
            do {
                let result = try body()
                try connection.execute(script: "COMMIT")
                notify()
                return result
            } catch {
                try? connection.execute(script: "ROLLBACK")
                changed = false
                throw EngineError(error)
            }
        }
    }

    /// Reads without a transaction of its own.
    func reading<Result>(_ body: (Connection) throws -> Result) throws(EngineError) -> Result {
        try EngineError.explaining { try lock.withLock { try body(connection) } }
    }

    /// Runs one changing statement, or several inside a transaction; other processes hear of it when it is committed.
    func writing<Result>(_ body: (Connection) throws -> Result) throws(EngineError) -> Result {
        try lock.withLock { () throws(EngineError) -> Result in
            let result = try EngineError.explaining { try body(connection) }
            changed = true
            if depth == 0 { notify() }
            return result
        }
    }

    /// As ``writing(_:)``, for what removes something: see ``transaction(durable:usesReserve:_:)``.
    func removing<Result>(_ body: (Connection) throws -> Result) throws(EngineError) -> Result {
        try transaction(usesReserve: true) { try writing(body) }
    }

    private func notify() {
        guard changed else { return }
        changed = false
        var byte: UInt8 = 0
        _ = pwrite(notice.raw, &byte, 1, 0)
    }
}

/// JSON columns.
enum Column {
    static func encode(_ value: some Encodable) throws(EngineError) -> String {
        do {
            return String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
        } catch {
            throw EngineError(.system, "state store", "a record cannot be written as JSON: \(error)")
        }
    }

    static func decode<Value: Decodable>(_ type: Value.Type, _ text: String, _ subject: String) throws(EngineError)
        -> Value
    {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw EngineError(.system, subject, "its record in the state store cannot be read: \(error)")
        }
    }
}
