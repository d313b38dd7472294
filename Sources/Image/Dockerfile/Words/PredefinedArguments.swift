public import ImageModel

/// Build arguments that exist without an ARG before the first FROM.
public enum PredefinedArguments {
    /// RUN gets these when they are given as build arguments, declared or not. Undeclared ones are neither in the
    /// history nor part of what the cache looks at, and no other instruction sees them.
    public static let proxyNames = [
        "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy",
        "ALL_PROXY", "all_proxy",
    ]

    /// FROM sees these; a stage does after an ARG of the name.
    public static let platformNames = [
        "BUILDPLATFORM", "BUILDOS", "BUILDOSVERSION", "BUILDARCH", "BUILDVARIANT", "TARGETPLATFORM", "TARGETOS",
        "TARGETOSVERSION", "TARGETARCH", "TARGETVARIANT", "TARGETSTAGE",
    ]

    /// Arguments that control the build and that no ARG needs to declare.
    public static let controlNames = [
        "BUILDKIT_CACHE_MOUNT_NS", "BUILDKIT_CONTEXT_KEEP_GIT_DIR", "BUILDKIT_DOCKERFILE_CHECK",
        "BUILDKIT_INLINE_CACHE", "BUILDKIT_MULTI_PLATFORM", "BUILDKIT_SANDBOX_HOSTNAME", "BUILDKIT_SYNTAX",
        "SOURCE_DATE_EPOCH",
    ]

    /// The values of ``platformNames``.
    ///
    /// - Parameter stage: the stage that is built for `--target`, `default` without one.
    public static func platformValues(build: Platform, target: Platform, stage: String = "default") -> [String: String]
    {
        var values: [String: String] = ["TARGETSTAGE": stage]
        for (prefix, platform) in [("BUILD", build), ("TARGET", target)] {
            let variant = platform.variant ?? ""
            values[prefix + "OS"] = platform.os
            values[prefix + "OSVERSION"] = ""
            values[prefix + "ARCH"] = platform.architecture
            values[prefix + "VARIANT"] = variant
            values[prefix + "PLATFORM"] =
                "\(platform.os)/\(platform.architecture)" + (variant.isEmpty ? "" : "/\(variant)")
        }
        return values
    }
}
