internal import ArgumentParser
internal import ComposeLoader
internal import ComposeModel
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Reconciler
internal import TerminalUI

/// What an attached `up` shows and when it ends.
struct AttachOptions: ParsableArguments {
    @Flag(help: "Stops all containers if any container was stopped. Incompatible with -d")
    var abortOnContainerExit = false
    @Flag(help: "Stops all containers if any container exited with failure. Incompatible with -d")
    var abortOnContainerFailure = false
    @Option(help: "Restrict attaching to the specified services. Incompatible with --attach-dependencies.")
    var attach: [String] = []
    @Flag(help: "Automatically attach to log output of dependent services")
    var attachDependencies = false
    @Option(help: "Return the exit code of the selected service container. Implies --abort-on-container-exit")
    var exitCodeFrom: String?
    @Flag(
        inversion: .prefixedNo,
        help: ArgumentHelp(
            "Enable interactive shortcuts when running attached. Incompatible with --detach. Can also be "
                + "enable/disable by setting COMPOSE_MENU environment var."))
    var menu = true
    @Option(help: "Do not attach (stream logs) to the specified services")
    var noAttach: [String] = []
    @Flag(help: "Produce monochrome output")
    var noColor = false
    @Flag(help: "Don't print prefix in logs")
    var noLogPrefix = false
    @Flag(help: "Show timestamps")
    var timestamps = false
    @Flag(name: .shortAndLong, help: "Watch source code and rebuild/refresh containers when files are updated.")
    var watch = false
}
