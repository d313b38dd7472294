import Glibc
import Supervisor

// The supervisor's own process for tests, and the guard of builds, without the command line around them.
let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.first == BuildGuard.command { exit(BuildGuard.main(arguments)) }
if arguments.first == LockAfterFork.command { exit(LockAfterFork.run()) }
exit(supervisorMain(arguments: arguments))
