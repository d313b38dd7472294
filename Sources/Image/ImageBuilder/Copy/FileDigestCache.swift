/// Digests of files that have not changed.
final class FileDigestCache: Sendable {
}
