/// Labels of docker compose on containers, networks and volumes. They are how a project's things are found again.
public enum ProjectLabel {
    public static let project = "com.docker.compose.project"
    public static let service = "com.docker.compose.service"
    public static let containerNumber = "com.docker.compose.container-number"
    /// `True` or `False`.
    public static let oneOff = "com.docker.compose.oneoff"
    public static let configHash = "com.docker.compose.config-hash"
    /// The image's id when the container was made.
    public static let image = "com.docker.compose.image"
    /// `db:service_started:false,…`: name, condition, `restart`.
    public static let dependsOn = "com.docker.compose.depends_on"
    public static let configFiles = "com.docker.compose.project.config_files"
    public static let workingDirectory = "com.docker.compose.project.working_dir"
    public static let environmentFile = "com.docker.compose.project.environment_file"
    public static let version = "com.docker.compose.version"
    /// 64 hexadecimal digits that tell one-off containers apart.
    public static let slug = "com.docker.compose.slug"
    /// The name of the container that this one was made in place of.
    public static let replace = "com.docker.compose.replace"
    /// The key of the network or volume in the file.
    public static let network = "com.docker.compose.network"
    public static let volume = "com.docker.compose.volume"

    static let prefix = "com.docker.compose."
}
