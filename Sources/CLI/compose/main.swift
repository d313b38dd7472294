internal import ComposeCLI
internal import Glibc
internal import Supervisor

// A supervisor forks its keeper before anything else has made a thread, so this comes first.
let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.first == SupervisorArguments.command { exit(supervisorMain(arguments: arguments)) }
if arguments.first == BuildGuard.command { exit(BuildGuard.main(arguments)) }
if arguments.first == TerminalDrain.command { exit(TerminalDrain.main()) }
exit(composeMain(arguments: arguments))
