internal import ArgumentParser
internal import EngineModel
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import TerminalUI

/// One line of a list of images: docker shows an image once for each of its names.
struct ImageNameRow: Equatable {
    var repository = "<none>"
    var tag = "<none>"
    var digest = "<none>"

    /// Tags with the digests of their repositories, then digests of repositories without a tag.
    static func rows(of image: StoredImage, _ filter: ImageFilter? = nil) -> [ImageNameRow] {
        func isShown(_ name: String) -> Bool { filter?.matches(name: name) ?? true }
        var rest = image.repositoryDigests
        var rows: [ImageNameRow] = []
        for name in image.summary.tags {
            let (repository, tag) = ImageFilter.parts(name)
            let digests = image.repositoryDigests.filter { $0.hasPrefix("\(repository)@") }
            rest.removeAll { $0.hasPrefix("\(repository)@") }
            guard isShown(name) else { continue }
            let digest = digests.first.map { String($0.dropFirst(repository.count + 1)) } ?? "<none>"
            rows.append(ImageNameRow(repository: repository, tag: tag, digest: digest))
        }
        for name in rest where isShown(name) {
            let repository = String(name.prefix { $0 != "@" })
            rows.append(
                ImageNameRow(repository: repository, digest: String(name.dropFirst(repository.count + 1))))
        }
        return rows.isEmpty ? [ImageNameRow()] : rows
    }
}
