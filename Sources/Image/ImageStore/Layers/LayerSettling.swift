internal import EngineModel
internal import Glibc
internal import ImageModel
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

// From "unpacked" to "on the disk": see ``LayerStore``.

extension LayerStore {
    private var notes: String { "\(layout.runRoot)/layers" }

    /// Whether a layer was put in its place since the machine started, but nothing has seen yet that the disk has it.
    func isUnsettled(_ digest: Digest) -> Bool {
        Files.text("\(notes)/\(digest.hex)") == ProcessIdentity.currentBootID
    }

    /// Before a layer is put in its place.
    func noteUnsettled(_ digest: Digest) throws(Errno) {
        try Files.makeDirectories(notes)
        try Files.replace("\(notes)/\(digest.hex)", with: Array(ProcessIdentity.currentBootID.utf8))
    }

    /// After a layer was taken away.
    func forgetUnsettled(_ digest: Digest) { unlink("\(notes)/\(digest.hex)") }

    /// Makes layers survive the loss of power: one syncfs(2) for all of them, then each one's mark.
    ///
    /// - Parameter digests: of layers that a lease holds, so that none is replaced meanwhile.
    func settle(_ digests: some Sequence<Digest>) throws(EngineError) {
        let unsettled = digests.filter { isUnsettled($0) && Files.exists("\(layout.layers)/\($0.hex)/unsettled") }
        if unsettled.isEmpty { return }
        try EngineError.explaining(layout.layers, doing: "writing the layers to the disk") {
            try Files.syncFileSystem(of: layout.layers)
            // The marks' content is on the disk already: giving them their names is all that is left.
            for digest in unsettled {
                let directory = "\(layout.layers)/\(digest.hex)"
                if rename("\(directory)/unsettled", "\(directory)/size") != 0, errno != ENOENT {
                    throw Errno(rawValue: errno)
                }
            }
            for digest in unsettled { try Files.syncDirectory("\(layout.layers)/\(digest.hex)") }
            try Files.syncDirectory(layout.layers)
        }
        for digest in unsettled { forgetUnsettled(digest) }
    }
}
