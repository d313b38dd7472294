internal import CLaunch

extension LaunchPlan {
    /// The plan as the block that the child walks (`CLaunch.h`): header, operations, arena.
    func encode() -> [UInt8] {
        let headerSize = (MemoryLayout<claunch_plan>.size + 7) & ~7
        let operationsSize = steps.count * MemoryLayout<claunch_op>.stride
        var arena = Arena(start: headerSize + operationsSize)
        let operations = steps.map { $0.encode(into: &arena) }
        arena.end()

        var plan = claunch_plan()
        plan.magic = UInt32(CLAUNCH_MAGIC)
        plan.length = UInt32(arena.start + arena.bytes.count)
        plan.operations = UInt32(headerSize)
        plan.operation_count = UInt32(operations.count)
        plan.clone_flags = cloneFlags
        plan.flags = recordsExit ? CLAUNCH_RECORD_EXIT.rawValue : 0
        plan.slot_count = UInt32(outside.count)
        plan.pid_namespace_slot = pidNamespace.index
        plan.cgroup_slot = cgroupDirectory.index
        withUnsafeMutableBytes(of: &plan.tag) { field in
            field.copyBytes(from: tag.utf8.prefix(field.count - 1))
        }

        var block: [UInt8] = []
        block.reserveCapacity(Int(plan.length))
        withUnsafeBytes(of: plan) { block.append(contentsOf: $0) }
        block.append(contentsOf: repeatElement(0, count: headerSize - block.count))
        operations.withUnsafeBytes { block.append(contentsOf: $0) }
        return block + arena.bytes
    }
}

/// Strings and tables of a plan, found by their offset from the plan's start.
struct Arena {
    let start: Int
    private(set) var bytes: [UInt8] = []
    private var known: [String: UInt32] = [:]

    init(start: Int) {
        self.start = start
    }

    private var next: UInt32 { UInt32(start + bytes.count) }

    /// Offset of `text` with a final zero byte. Equal texts are stored once.
    mutating func add(_ text: String) -> UInt32 {
        if let offset = known[text] { return offset }
        let offset = next
        bytes.append(contentsOf: text.utf8)
        bytes.append(0)
        known[text] = offset
        return offset
    }

    /// Offset of the blob, which is aligned for 64-bit values.
    mutating func add(blob: [UInt8]) -> UInt32 {
        align()
        let offset = next
        bytes.append(contentsOf: blob)
        return offset
    }

    /// Offset of a table of offsets that ends with 0; `spare` entries are free before it.
    mutating func add(table texts: [String], spare: Int = 0) -> UInt32 {
        let offsets = texts.map { UInt64(add($0)) } + [0]
        align()
        bytes.append(contentsOf: repeatElement(0, count: spare * 8))
        let offset = next
        offsets.withUnsafeBytes { bytes.append(contentsOf: $0) }
        return offset
    }

    /// The last byte is zero: then every string ends inside.
    mutating func end() { bytes.append(0) }

    private mutating func align() {
        while (start + bytes.count) % 8 != 0 { bytes.append(0) }
    }
}

extension LaunchStep {
    func encode(into arena: inout Arena) -> claunch_op {
        var op = operation.encode(into: &arena)
        op.tolerance =
            switch tolerance {
            case .none: CLAUNCH_TOLERATE_NOTHING.rawValue
            case .missing: CLAUNCH_TOLERATE_MISSING.rawValue
            case .all: CLAUNCH_TOLERATE_ALL.rawValue
            }
        return op
    }
}

extension MissingTarget {
    var code: UInt64 {
        switch self {
        case .fail: UInt64(CLAUNCH_FAIL.rawValue)
        case .directories: UInt64(CLAUNCH_MAKE_DIRECTORIES.rawValue)
        case .directoriesWithoutLinks: UInt64(CLAUNCH_MAKE_DIRECTORIES.rawValue | CLAUNCH_NO_LINKS.rawValue)
        case .alike: UInt64(CLAUNCH_MAKE_ALIKE.rawValue)
        }
    }
}

extension LaunchPlan {
    /// Whether the keeper would take this memory for a plan.
    static func isValid(_ memory: UnsafeRawPointer, length: Int) -> Bool {
        claunch_plan_is_valid(memory.assumingMemoryBound(to: claunch_plan.self), length) != 0
    }
}
