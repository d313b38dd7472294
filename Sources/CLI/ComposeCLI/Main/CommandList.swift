/// All commands: dispatch, help and the reference in docs/ come from here.
enum CommandList {
    static let commands = [
        CommandEntry(
            "attach", AttachCommand.self,
            "Attach local standard input, output, and error streams to a service's running container"),
        CommandEntry("build", BuildCommand.self, "Build or rebuild services"),
        CommandEntry("commit", CommitCommand.self, "Create a new image from a service container's changes"),
        CommandEntry("config", ConfigCommand.self, "Parse, resolve and render compose file in canonical format"),
        CommandEntry(
            "cp", CopyCommand.self, "Copy files/folders between a service container and the local filesystem"),
        CommandEntry("create", CreateCommand.self, "Creates containers for a service"),
        CommandEntry(
            "disable", DisableCommand.self, "Start no containers any more when the machine boots", hasDryRun: false),
        CommandEntry(
            "doctor", DoctorCommand.self, "Show what on this host does not fit to the record", hasDryRun: false),
        CommandEntry("down", DownCommand.self, "Stop and remove containers, networks"),
        CommandEntry(
            "enable", EnableCommand.self, "Start containers again when the machine boots, by a systemd unit",
            hasDryRun: false),
        CommandEntry("events", EventsCommand.self, "Receive real time events from containers"),
        CommandEntry("exec", ExecCommand.self, "Execute a command in a running container"),
        CommandEntry("export", ExportCommand.self, "Export a service container's filesystem as a tar archive"),
        CommandEntry("images", ImagesCommand.self, "List images used by the created containers"),
        CommandEntry("kill", KillCommand.self, "Force stop service containers"),
        CommandEntry(
            "login", LoginCommand.self, "Log in to a registry; without SERVER to Docker Hub", hasDryRun: false),
        CommandEntry(
            "logout", LogoutCommand.self, "Log out from a registry; without SERVER from Docker Hub", hasDryRun: false),
        CommandEntry("logs", LogsCommand.self, "View output from containers"),
        CommandEntry("ls", ListCommand.self, "List running compose projects"),
        CommandEntry("pause", PauseCommand.self, "Pause services"),
        CommandEntry("port", PortCommand.self, "Print the public port for a port binding"),
        CommandEntry("ps", PsCommand.self, "List containers"),
        CommandEntry("publish", PublishCommand.self, "Publish compose application"),
        CommandEntry("pull", PullCommand.self, "Pull service images"),
        CommandEntry("push", PushCommand.self, "Push service images"),
        CommandEntry("restart", RestartCommand.self, "Restart service containers"),
        CommandEntry("rm", RemoveCommand.self, "Removes stopped service containers"),
        CommandEntry("run", RunCommand.self, "Run a one-off command on a service"),
        CommandEntry("scale", ScaleCommand.self, "Scale services"),
        CommandEntry("start", StartCommand.self, "Start services"),
        CommandEntry("stats", StatsCommand.self, "Display a live stream of container(s) resource usage statistics"),
        CommandEntry("stop", StopCommand.self, "Stop services"),
        CommandEntry("top", TopCommand.self, "Display the running processes"),
        CommandEntry("unpause", UnpauseCommand.self, "Unpause services"),
        CommandEntry("up", UpCommand.self, "Create and start containers"),
        CommandEntry("version", VersionCommand.self, "Show the Docker Compose version information"),
        CommandEntry("volumes", VolumesCommand.self, "List volumes"),
        CommandEntry("wait", WaitCommand.self, "Block until containers of all (or specified) services stop."),
        CommandEntry(
            "watch", WatchCommand.self,
            "Watch build context for service and rebuild/refresh containers when files are updated"),
    ]

    static let groups = [
        CommandGroup(
            "alpha", "Experimental commands",
            [
                CommandEntry(
                    "alpha viz", VizCommand.self, "EXPERIMENTAL - Generate a graphviz graph from your compose file")
            ],
            isShown: false),
        CommandGroup(
            "builder", "Manage the build cache of this host",
            [CommandEntry("builder prune", BuilderPruneCommand.self, "Remove build cache", hasDryRun: false)]),
        CommandGroup("image", "Manage the images of this host", imageCommands),
        CommandGroup("network", "Manage the networks of this host", networkCommands),
        CommandGroup(
            "system", "Show and free what all projects keep on this host",
            [
                CommandEntry("system df", SystemUsageCommand.self, "Show disk usage", hasDryRun: false),
                CommandEntry("system prune", SystemPruneCommand.self, "Remove unused data", hasDryRun: false),
                CommandEntry(
                    "system start", SystemStartCommand.self,
                    "Start what has to run after a boot, as restart policies say"),
                CommandEntry(
                    "system stop", SystemStopCommand.self, "Stop the containers of all projects before a shutdown"),
            ]),
        CommandGroup("volume", "Manage the volumes of this host", volumeCommands),
    ]

    private static let networkCommands = [
        CommandEntry("network connect", NetworkConnectCommand.self, "Connect a container to a network"),
        CommandEntry("network create", NetworkCreateCommand.self, "Create a network"),
        CommandEntry(
            "network disconnect", NetworkDisconnectCommand.self, "Disconnect a container from a network"),
        CommandEntry(
            "network inspect", NetworkInspectCommand.self, "Display detailed information on one or more networks"),
        CommandEntry("network ls", NetworkListCommand.self, "List networks", aliases: ["list"]),
        CommandEntry("network prune", NetworkPruneCommand.self, "Remove all unused networks"),
        CommandEntry("network rm", NetworkRemoveCommand.self, "Remove one or more networks", aliases: ["remove"]),
    ]

    private static let volumeCommands = [
        CommandEntry("volume create", VolumeCreateCommand.self, "Create a volume"),
        CommandEntry(
            "volume inspect", VolumeInspectCommand.self, "Display detailed information on one or more volumes"),
        CommandEntry("volume ls", VolumeListCommand.self, "List volumes", aliases: ["list"]),
        CommandEntry("volume prune", VolumePruneCommand.self, "Remove unused local volumes"),
        CommandEntry("volume rm", VolumeRemoveCommand.self, "Remove one or more volumes", aliases: ["remove"]),
    ]

    private static let imageCommands = [
        CommandEntry("image build", ImageBuildCommand.self, "Build an image from a Dockerfile", hasDryRun: false),
        CommandEntry("image history", ImageHistoryCommand.self, "Show the history of an image", hasDryRun: false),
        CommandEntry(
            "image import", ImageImportCommand.self, "Make an image from the files of an archive", hasDryRun: false),
        CommandEntry(
            "image inspect", ImageInspectCommand.self, "Display detailed information on images", hasDryRun: false),
        CommandEntry("image load", ImageLoadCommand.self, "Load images from an archive", hasDryRun: false),
        CommandEntry("image ls", ImageListCommand.self, "List images", aliases: ["list"], hasDryRun: false),
        CommandEntry("image prune", ImagePruneCommand.self, "Remove unused images", hasDryRun: false),
        CommandEntry("image pull", ImagePullCommand.self, "Download an image from a registry", hasDryRun: false),
        CommandEntry("image push", ImagePushCommand.self, "Upload an image to a registry", hasDryRun: false),
        CommandEntry("image rm", ImageRemoveCommand.self, "Remove images", aliases: ["remove"], hasDryRun: false),
        CommandEntry("image save", ImageSaveCommand.self, "Save images to an archive", hasDryRun: false),
        CommandEntry("image search", ImageSearchCommand.self, "Search a registry for images", hasDryRun: false),
        CommandEntry("image tag", ImageTagCommand.self, "Give an image one more name", hasDryRun: false),
    ]

    /// Every command, those of groups last.
    static var all: [CommandEntry] { commands + groups.flatMap(\.commands) }

    /// What the words after the root options ask for.
    enum Target {
        case root
        case group(CommandGroup)
        case command(CommandEntry, words: [String])
    }

    /// Commands of docker that have another place here.
    private static let dockerWords = [
        "history": "image history", "import": "image import", "inspect": "image inspect", "load": "image load",
        "rmi": "image rm", "save": "image save", "search": "image search", "tag": "image tag",
    ]

    /// Fails for a command that does not exist.
    static func target(of words: [String]) throws(CommandError) -> Target {
        guard let name = words.first else { return .root }
        if let entry = commands.first(where: { $0.answers(to: name) }) {
            return .command(entry, words: Array(words.dropFirst()))
        }
        guard let group = groups.first(where: { $0.name == name }) else {
            throw CommandError(
                "unknown docker command: \"compose \(name)\"",
                hint: dockerWords[name].map { "it is `compose \($0)` here" } ?? "see `compose --help`")
        }
        guard let name = words.dropFirst().first, !["help", "--help", "-h"].contains(name) else {
            return .group(group)
        }
        if let entry = group.commands.first(where: { $0.answers(to: name) }) {
            return .command(entry, words: Array(words.dropFirst(2)))
        }
        throw CommandError(
            "unknown docker command: \"compose \(group.name) \(name)\"", hint: "see `compose \(group.name) --help`")
    }
}
