internal import CLinux
public import SystemPackage

extension Descriptor {
    /// The network namespace that the socket is in, whatever thread asks. Needs CAP_NET_ADMIN there.
    public borrowing func networkNamespace() throws(Errno) -> Descriptor {
        Descriptor(owning: try systemCall { clinux_socket_namespace(raw) })
    }
}
