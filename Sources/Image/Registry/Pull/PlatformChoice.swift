internal import ImageModel

/// Which image of an index fits a platform (OCI image specification, image index; containerd's order of variants).
enum PlatformChoice {
    /// The first that fits best; nil if none does.
    static func choose(_ wanted: Platform, from images: [BlobDescriptor]) -> BlobDescriptor? {
        var best: (rank: Int, image: BlobDescriptor)?
        for image in images {
            guard let platform = image.platform, let rank = rank(platform, for: wanted) else { continue }
            if best == nil || rank < best?.rank ?? 0 { best = (rank, image) }
        }
        return best?.image
    }

    /// 0 is what was wanted; larger numbers are older variants that run there as well; nil does not run there.
    static func rank(_ platform: Platform, for wanted: Platform) -> Int? {
        guard platform.os == wanted.os, platform.architecture == wanted.architecture else { return nil }
        guard let have = level(platform), let want = level(wanted) else {
            return platform.variant == wanted.variant ? 0 : nil
        }
        return have <= want ? want - have : nil
    }

    /// What can be chosen, for an error: `linux/amd64, linux/arm64/v8`. Attestations are no images.
    static func list(_ images: [BlobDescriptor]) -> String {
        var seen: [String] = []
        for platform in images.compactMap(\.platform) where platform.os != "unknown" {
            if !seen.contains(platform.description) { seen.append(platform.description) }
        }
        return seen.joined(separator: ", ")
    }

    /// A variant's number; those that are the default of their architecture may be left out.
    private static func level(_ platform: Platform) -> Int? {
        let defaults = ["amd64": 1, "arm64": 8, "arm": 7]
        guard let variant = platform.variant, !variant.isEmpty else { return defaults[platform.architecture] ?? 0 }
        guard variant.hasPrefix("v") else { return nil }
        return Int(variant.dropFirst().prefix { $0 != "." })
    }
}
