internal import ArgumentParser

/// The help of a sub-command, or the root's for nil and for unknown names.
func helpText(for name: String?) -> String {
    guard let name, let type = commandType(name) else { return rootHelp }
    return type.helpMessage(columns: 100) + "\n"
}

let rootHelp = """

    Usage:  compose [OPTIONS] COMMAND

    Define and run multi-container applications

    Options:
          --all-resources              Include all resources, even those not used by services
          --ansi string                Control when to print ANSI control characters ("never"|"always"|"auto")
          --compatibility              Run compose in backward compatibility mode
          --debug                      Show the causes of errors
          --dry-run                    Execute command in dry run mode
          --env-file stringArray       Specify an alternate environment file
      -f, --file stringArray           Compose configuration files
          --parallel int               Control max parallelism, -1 for unlimited (default -1)
          --profile stringArray        Specify a profile to enable
          --progress string            Set type of progress output (auto, tty, plain, json, quiet)
          --project-directory string   Specify an alternate working directory
                                       (default: the path of the, first specified, Compose file)
      -p, --project-name string        Project name

    Commands:
      attach      Attach local standard input, output, and error streams to a service's running container
      build       Build or rebuild services
      builder     Manage the build cache of this host
      commit      Create a new image from a service container's changes
      config      Parse, resolve and render compose file in canonical format
      cp          Copy files/folders between a service container and the local filesystem
      create      Creates containers for a service
      down        Stop and remove containers, networks
      events      Receive real time events from containers
      exec        Execute a command in a running container
      export      Export a service container's filesystem as a tar archive
      image       Manage the images on this host
      images      List images used by the created containers
      kill        Force stop service containers
      login       Log in to a registry
      logout      Log out from a registry
      logs        View output from containers
      ls          List running compose projects
      pause       Pause services
      port        Print the public port for a port binding
      ps          List containers
      publish     Publish compose application
      pull        Pull service images
      push        Push service images
      restart     Restart service containers
      rm          Removes stopped service containers
      run         Run a one-off command on a service
      scale       Scale services
      start       Start services
      stats       Display a live stream of container(s) resource usage statistics
      stop        Stop services
      system      Show and free what all projects keep on this host
      top         Display the running processes
      unpause     Unpause services
      up          Create and start containers
      version     Show the Docker Compose version information
      volumes     List volumes
      wait        Block until containers of all (or specified) services stop.
      watch       Watch build context for service and refresh containers when files are updated

    Run 'compose COMMAND --help' for more information on a command.

    """
