internal import LinuxSystem

/// A descriptor that several may hold; closed when the last one lets go.
final class SharedDescriptor: Sendable {
    let descriptor: Descriptor
    var raw: Int32 { descriptor.raw }

    init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }
}
