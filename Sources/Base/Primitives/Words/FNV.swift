/// The hash FNV-1a with 64 bits: short names for long ones, the same in every process. It is no help against somebody
/// who wants two texts to collide.
public func hashFNV1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
