internal import ArgumentParser

/// A sub-command: its options are declared for ArgumentParser, and it runs with what the root options set up.
protocol ComposeCommand: ParsableCommand {
    /// Returns the exit code. Blocks until the command is done.
    func execute(_ context: CommandContext) throws -> Int32
}

/// The command with this name; nil if there is none.
///
/// A switch instead of ArgumentParser's tree: only the one command's declarations are looked at.
func commandType(_ name: String) -> (any ComposeCommand.Type)? {
    switch name {
    case "attach": AttachCommand.self
    case "build": BuildCommand.self
    case "builder": BuilderCommand.self
    case "commit": CommitCommand.self
    case "config": ConfigCommand.self
    case "cp": CopyCommand.self
    case "create": CreateCommand.self
    case "down": DownCommand.self
    case "events": EventsCommand.self
    case "exec": ExecCommand.self
    case "export": ExportCommand.self
    case "image": ImageCommand.self
    case "images": ImagesCommand.self
    case "kill": KillCommand.self
    case "login": LoginCommand.self
    case "logout": LogoutCommand.self
    case "logs": LogsCommand.self
    case "ls": ListCommand.self
    case "pause": PauseCommand.self
    case "port": PortCommand.self
    case "ps": PsCommand.self
    case "publish": PublishCommand.self
    case "pull": PullCommand.self
    case "push": PushCommand.self
    case "restart": RestartCommand.self
    case "rm": RemoveCommand.self
    case "run": RunCommand.self
    case "scale": ScaleCommand.self
    case "start": StartCommand.self
    case "stats": StatsCommand.self
    case "stop": StopCommand.self
    case "system": SystemCommand.self
    case "top": TopCommand.self
    case "unpause": UnpauseCommand.self
    case "up": UpCommand.self
    case "version": VersionCommand.self
    case "volumes": VolumesCommand.self
    case "wait": WaitCommand.self
    case "watch": WatchCommand.self
    default: nil
    }
}
