internal import EngineModel

/// Labels of docker compose on containers, networks and volumes. They are how a project's things are found again.
public enum ProjectLabel {
    /// The project's name: what everything of a project has in common.
    public static let project = Container.projectLabel
    /// The service's name.
    public static let service = "com.docker.compose.service"
    /// From 1: which of the service's replicas it is.
    public static let containerNumber = "com.docker.compose.container-number"
    /// `True` or `False`.
    public static let oneOff = "com.docker.compose.oneoff"
    /// On a container docker compose's hash of its service, as `config --hash` prints it; on a network or volume a digest
    /// of the definition, of which another one means that the thing has to be made anew.
    public static let configHash = "com.docker.compose.config-hash"
    /// On a container: digest of what it was made from. Another one means that it has to be made anew.
    public static let definitionHash = "com.docker.compose.definition-hash"
    /// The image's id when the container was made.
    public static let image = "com.docker.compose.image"
    /// `db:service_started:false,…`: name, condition, `restart`.
    public static let dependsOn = "com.docker.compose.depends_on"
    /// Absolute paths of the Compose files, joined by commas.
    public static let configFiles = "com.docker.compose.project.config_files"
    /// Absolute: the project's directory.
    public static let workingDirectory = "com.docker.compose.project.working_dir"
    /// The paths of `--env-file`, joined by commas; absent without that option.
    public static let environmentFile = "com.docker.compose.project.environment_file"
    /// The version of docker compose whose labels these are (``composeLabelVersion``).
    public static let version = "com.docker.compose.version"
    /// 64 hexadecimal digits that tell one-off containers apart.
    public static let slug = "com.docker.compose.slug"
    /// The name of the container that this one was made in place of.
    public static let replace = "com.docker.compose.replace"
    /// The key of the network or volume in the file.
    public static let network = "com.docker.compose.network"
    /// The key of the volume in the file.
    public static let volume = "com.docker.compose.volume"

    static let prefix = "com.docker.compose."
}
