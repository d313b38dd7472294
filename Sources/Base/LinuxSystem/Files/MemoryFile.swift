internal import CLinux
internal import Glibc
public import SystemPackage

extension Descriptor {
    /// A file without a name (memfd_create(2)) that holds `bytes` and that nobody can change any more: to be handed to
    /// another process.
    public static func sealedMemory(_ name: String, _ bytes: [UInt8]) throws(Errno) -> Descriptor {
        let flags = MFD_CLOEXEC | MFD_ALLOW_SEALING
        let file = Descriptor(owning: try systemCall { clinux_memfd_create(name, flags) })
        try file.writeAll(bytes)
        try systemCall { fcntl(file.raw, F_ADD_SEALS, F_SEAL_ALL) }
        return file
    }
}
