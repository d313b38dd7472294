/// Where the files of an uncompressed tar archive lie in it, for reading them in any order and several at once.
public struct ArchiveIndex: Sendable {
    /// A file's bytes.
    public struct Place: Sendable, Hashable {
        /// Bytes from the archive's begin to the file's first.
        public var offset: Int64
        /// Bytes.
        public var size: Int64
    }

    private var places: [String: Place] = [:]
    /// Links: path → target, both from the archive's root.
    private var links: [String: String] = [:]

    /// Reads the headers of the archive in `file`, an open regular file of `size` bytes.
    public init(_ file: Int32, size: Int64) throws(ArchiveError) {
        var places: [String: Place] = [:]
        var links: [String: String] = [:]
        try withUTF8Names { () throws(ArchiveError) in
            let reader = try TarReader(FileSource(file, offset: 0, length: size), maximumEntries: 100_000)
            while let entry = try reader.next() {
                let path = Self.clean(entry.path, from: [])
                switch entry.kind {
                case .file:
                    let place = Place(offset: reader.dataPosition, size: entry.size)
                    guard place.size <= size - place.offset else {
                        throw ArchiveError(.malformed, entry.printablePath, "the archive is cut off")
                    }
                    places[path] = place
                    links[path] = nil
                case .symbolicLink(let target):
                    links[path] = Self.clean(target, from: path.split(separator: "/").dropLast().map(String.init))
                case .hardLink(let target): links[path] = Self.clean(target, from: [])
                case .directory, .characterDevice, .blockDevice, .fifo, .socket: continue
                }
            }
        }
        self.places = places
        self.links = links
    }

    /// The file at a path; links are followed inside the archive.
    public func place(of path: String) -> Place? {
        var path = Self.clean(Array(path.utf8), from: [])
        for _ in 0..<16 {
            if let place = places[path] { return place }
            guard let next = links[path] else { return nil }
            path = next
        }
        return nil
    }

    /// Only names inside the archive are looked up with it, so `..` at the root may simply end there.
    private static func clean(_ path: [UInt8], from start: [String]) -> String {
        var components = path.first == 0x2f ? [] : start
        for component in String(decoding: path, as: UTF8.self).split(separator: "/") where component != "." {
            if component == ".." { _ = components.popLast() } else { components.append(String(component)) }
        }
        return components.joined(separator: "/")
    }
}
