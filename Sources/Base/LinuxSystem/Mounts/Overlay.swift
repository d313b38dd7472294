/// Unpacked layers joined to one tree (overlayfs in the kernel's documentation), for reading or for changing it.
///
/// A value: it says what to mount and how that is written for the kernel. ``open(by:)`` mounts it for this process; a
/// launch plan takes ``options`` or ``data``.
public struct Overlay: Sendable, Hashable {
    /// Where changes go to. Both are directories of one file system, and `work` is empty.
    public struct Changes: Sendable, Hashable {
        /// `upperdir`: holds what differs from the lower directories, whiteouts included.
        public var upper: String
        /// `workdir`: the kernel prepares files here before it moves them to `upper`.
        public var work: String

        public init(upper: String, work: String) {
            self.upper = upper
            self.work = work
        }
    }

    /// Directories, topmost first; never empty. None lies in another.
    public var layers: [String]
    /// nil for a tree that is only read.
    public var changes: Changes?

    public init(layers: [String], changes: Changes? = nil) {
        self.layers = layers
        self.changes = changes
    }

    /// The upper directory becomes a layer: nothing in it may refer to this overlay, whatever the kernel's defaults
    /// (all known since Linux 4.19).
    private static let settled = [
        MountOption("redirect_dir", "off"), MountOption("metacopy", "off"), MountOption("index", "off"),
        MountOption("xino", "off"),
    ]

    /// For fsconfig(2). `lowerdir+` is documented since Linux 6.8; before, the kernel refuses it with EINVAL, as it does
    /// with values of more than 255 bytes. It takes layers as they are, but backslashes escape in the two others.
    public var options: [MountOption] {
        var options = [MountOption("source", "overlay")]
        options += layers.map { MountOption("lowerdir+", $0) }
        guard let changes else { return options }
        options += [
            MountOption("upperdir", Self.escaped(changes.upper)), MountOption("workdir", Self.escaped(changes.work)),
        ]
        return options + Self.settled
    }

    /// For mount(2), which takes one page at most: colons separate layers, commas options, and backslashes escape.
    public var data: String { data { $0 } }

    /// - Parameter name: how a path is named there.
    func data(naming name: (String) -> String) -> String {
        let layers = "lowerdir=" + self.layers.map { Self.escaped(name($0)) }.joined(separator: ":")
        guard let changes else { return layers }
        let upper = Self.escaped(name(changes.upper))
        let work = Self.escaped(name(changes.work))
        let settings = Self.settled.map(\.description).joined(separator: ",")
        return "\(layers),upperdir=\(upper),workdir=\(work),\(settings)"
    }

    private static func escaped(_ path: String) -> String {
        var bytes: [UInt8] = []
        for byte in path.utf8 {
            if byte == UInt8(ascii: "\\") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ",") {
                bytes.append(UInt8(ascii: "\\"))
            }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
