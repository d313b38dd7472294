/// Names of containers as docker compose makes them.
public enum ContainerNaming {
    /// `P-S-N`, N counting from 1; `P_S_N` in compatibility mode.
    public static func name(_ project: String, _ service: String, _ number: Int, separator: String = "-") -> String {
        [project, service, "\(number)"].joined(separator: separator)
    }

    /// A one-off container's: `P-S-run-` and the first 12 digits of its slug.
    public static func oneOff(_ project: String, _ service: String, slug: String, separator: String = "-") -> String {
        [project, service, "run", String(slug.prefix(12))].joined(separator: separator)
    }
}
