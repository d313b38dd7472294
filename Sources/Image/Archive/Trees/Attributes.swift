internal import CLinux
internal import Glibc
internal import LinuxSystem
public import SystemPackage

extension ExtendedAttribute {
    /// Whether it means something on any host, and so belongs to images, volumes and copies: capabilities, lists of
    /// access rights and what users set. Not marks of overlayfs, which could show other directories, nor labels of this
    /// host's policy.
    public static func isPortable(_ name: String) -> Bool {
        if name.hasPrefix("user.overlay.") { return false }
        return name == "security.capability" || name.hasPrefix("user.") || name.hasPrefix("system.posix_acl_")
    }

    /// Gives it to an open file. One that the file system cannot keep is left out.
    public func set(on file: Int32) throws(Errno) {
        if fsetxattr(file, name, value, value.count, 0) == 0 || errno == EOPNOTSUPP { return }
        throw Errno(rawValue: errno)
    }
}

/// The portable attributes of an open file, by name.
public func portableAttributes(of file: Int32) -> [ExtendedAttribute] {
    let all = extendedAttributes(of: file)
    if all.isEmpty { return [] }
    return all.filter { ExtendedAttribute.isPortable($0.name) }.sorted { $0.name < $1.name }
}

/// Gives an open file the portable attributes of another, as far as its file system can keep them.
public func copyAttributes(from source: Int32, to target: Int32) {
    for attribute in portableAttributes(of: source) { try? attribute.set(on: target) }
}

/// All extended attributes of an open file; none if its file system has none.
func extendedAttributes(of raw: Int32) -> [ExtendedAttribute] {
    if flistxattr(raw, nil, 0) <= 0 { return [] }
    var names = [CChar](repeating: 0, count: 65536)
    let length = flistxattr(raw, &names, names.count)
    guard length > 0 else { return [] }
    return names[..<length].split(separator: 0).compactMap { bytes in
        let name = String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var value = [UInt8](repeating: 0, count: 65536)
        let size = fgetxattr(raw, name, &value, value.count)
        return size < 0 ? nil : ExtendedAttribute(name: name, value: Array(value[..<size]))
    }
}
