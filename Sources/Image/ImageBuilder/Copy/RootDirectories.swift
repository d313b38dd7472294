public import Engine
public import LinuxSystem

/// Makes a directory and its missing parents below a root, mode 0755, as `WORKDIR` does; links on the way are followed
/// within the root. What exists stays as it is.
///
/// - Parameters:
///   - path: absolute in the root.
///   - owner: of what is made.
///   - epoch: time of what is made, seconds since 1970; nil is now.
/// - Returns: whether anything had to be made.
@discardableResult
public func makeDirectories(
    _ path: String, in root: borrowing Descriptor, owner: FileOwner, epoch: Int64?
) throws(EngineError) -> Bool {
    throw EngineError(.unsupported, path, "directories are not made yet")
}
