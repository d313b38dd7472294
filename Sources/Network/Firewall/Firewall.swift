public import Primitives
internal import Synchronization

/// Why packet rules could not be changed.
public struct FirewallError: Explained, Sendable, Hashable {
    /// What kind of failure it is.
    public enum Code: Sendable, Hashable {
        /// The kernel has no nftables, or we may not use it.
        case unavailable
        case rejected
    }

    /// What kind of failure it is.
    public var code: Code
    /// nft's own words, one line.
    public var reason: String

    public var category: ErrorCategory { code == .unavailable ? .missingKernelFeature : .system }
    public var subject: String { "" }
}

/// nftables in the network namespace of the thread that made the value, through libnftables. Any thread may use it;
/// each call is one transaction: all of it happens or nothing.
public final class Firewall: Sendable {
    /// Guarded by the mutex that holds it: a context of libnftables must not be used by two threads at a time.
    private struct Context: ~Copyable {
        let library: NFTablesLibrary
        let pointer: OpaquePointer

        deinit { library.freeContext(pointer) }
    }

    private let context: Mutex<Context>

    /// Fails with `.unavailable`.
    public init() throws(FirewallError) {
        guard let library = NFTablesLibrary.shared else {
            throw FirewallError(code: .unavailable, reason: "libnftables.so.1 is not installed")
        }
        guard let pointer = library.newContext(0) else {
            throw FirewallError(code: .unavailable, reason: "libnftables cannot be started")
        }
        _ = library.bufferOutput(pointer)
        _ = library.bufferErrors(pointer)
        context = Mutex(Context(library: library, pointer: pointer))
        do throws(FirewallError) {
            try run("list tables inet\n")
        } catch {
            throw FirewallError(code: .unavailable, reason: error.reason)
        }
    }

    /// Runs nft commands as one transaction and returns what they print.
    @discardableResult
    func run(_ commands: String, handles: Bool = false) throws(FirewallError) -> String {
        // A netlink exchange of a fraction of a millisecond; the kernel takes transactions one by one anyway.
        let (status, output, failure) = context.withLock { context in
            let library = context.library
            library.setOutputFlags(context.pointer, handles ? NFTablesLibrary.printHandles : 0)
            let status = library.run(context.pointer, commands)
            let output = library.output(context.pointer).map { String(cString: $0) } ?? ""
            let failure = library.errors(context.pointer).map { String(cString: $0) } ?? ""
            return (status, output, failure)
        }
        if status == 0 { return output }
        let line = failure.split(separator: "\n").first.map(String.init) ?? "refused without a reason"
        throw FirewallError(code: .rejected, reason: line)
    }

    /// Makes or renews the rules of a network, also those in other programs' chains that would drop its packets.
    public func setUp(_ rules: NetworkRules) throws(FirewallError) {
        try run(rules.setUp)
        for chain in ForeignRules.chains(in: try run("list chains\n")) {
            let listing = try run("list chain \(chain.path)\n")
            if listing.contains("comment \"\(rules.comment)\"") { continue }
            try run(ForeignRules.acceptance(of: rules, in: chain))
        }
    }

    /// Whether the network's rules are there: somebody may have flushed all.
    public func hasRules(of rules: NetworkRules) -> Bool {
        ((try? run("list tables inet\n")) ?? "").contains("table inet \(rules.table)\n")
    }

    /// Removes all rules of a network, published ports included; what is gone is no error.
    public func tearDown(_ rules: NetworkRules) throws(FirewallError) {
        try run(rules.tearDown)
        for chain in ForeignRules.chains(in: try run("list chains\n")) {
            let listing = try run("list chain \(chain.path)\n", handles: true)
            let commands = ForeignRules.removal(of: rules.comment, in: chain, listing: listing)
            if !commands.isEmpty { try run(commands) }
        }
    }

    /// Publishes ports in one transaction; those published already are replaced.
    public func publish(_ ports: [PortRule], open: [OpenPort] = [], in rules: NetworkRules) throws(FirewallError) {
        let elements: [any TableElement] = ports + open
        if elements.isEmpty { return }
        do throws(FirewallError) {
            try run(elements.map { $0.addition(to: rules.table) }.joined())
        } catch {
            // An element with the same key and another destination is in the way, of a container that is gone.
            for element in elements {
                let addition = element.addition(to: rules.table)
                do throws(FirewallError) {
                    try run(addition)
                } catch {
                    try run(element.removal(from: rules.table) + addition)
                }
            }
        }
    }

    /// Takes back those of `ports` that still lead where they say: left over from a container that ended unseen. A port
    /// that leads elsewhere by now is left alone.
    ///
    /// - Parameter open: of a container whose addresses nobody else has.
    public func withdraw(_ ports: [PortRule], open: [OpenPort] = [], in rules: NetworkRules) {
        for port in ports {
            let element = try? run(port.query(in: rules.table))
            if element?.contains("\(port.value) ") ?? false { _ = try? run(port.removal(from: rules.table)) }
        }
        for port in open { _ = try? run(port.removal(from: rules.table)) }
    }

    /// Takes ports back; those that are gone, or all of them with their table, are no error.
    public func unpublish(_ ports: [PortRule], open: [OpenPort] = [], in rules: NetworkRules) {
        let elements: [any TableElement] = ports + open
        if elements.isEmpty { return }
        let removals = elements.map { $0.removal(from: rules.table) }
        if (try? run(removals.joined())) != nil { return }
        for removal in removals { _ = try? run(removal) }
    }
}
