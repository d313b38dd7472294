public import Primitives

/// A kernel parameter (sysctl) that belongs to a namespace, so that a container may have its own value.
public struct KernelParameter: Sendable, Hashable {
    /// The kinds of namespaces that have parameters.
    public enum Namespace: String, Sendable, Hashable {
        case ipc, network, uts
    }

    /// What stands between the dots: the path below `/proc/sys`.
    public let parts: [String]
    /// One line.
    public let value: String
    /// Whose it is.
    public let namespace: Namespace

    /// With dots between them: `net.core.somaxconn`.
    public var name: String { parts.joined(separator: ".") }

    private static let ofIPC: Set<String> = [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax",
        "kernel.shmmni", "kernel.shm_rmid_forced",
    ]

    /// - Parameter name: `net.core.somaxconn`. With a slash before any dot it is the path form, whose dots are part of
    ///   names (interfaces such as `eth0.1`).
    public init(_ name: String, _ value: String) throws(GrammarError) {
        let first = name.first { $0 == "." || $0 == "/" }
        parts = name.split(separator: first == "/" ? "/" : ".", omittingEmptySubsequences: false).map(String.init)
        let isClean =
            parts.count > 1
            && parts.allSatisfy { part in
                !part.isEmpty && part != ".." && part != "." && !part.contains("/")
                    && part.utf8.allSatisfy { $0 > 32 && $0 < 127 }
            }
        guard isClean, !value.utf8.contains(where: { $0 == 0 || $0 == 10 }) else {
            throw GrammarError("has to be like \"net.core.somaxconn\" with a one-line value", in: name)
        }
        self.value = value
        let dotted = parts.joined(separator: ".")
        if Self.ofIPC.contains(dotted) || dotted.hasPrefix("fs.mqueue.") {
            namespace = .ipc
        } else if dotted.hasPrefix("net.") {
            namespace = .network
        } else if dotted == "kernel.domainname" {
            namespace = .uts
        } else {
            throw GrammarError(
                "is not in a separate kernel namespace: it would change the host, not only the container", in: name)
        }
    }
}
