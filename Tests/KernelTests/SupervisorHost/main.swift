import Glibc
import Supervisor

// The supervisor's own process for tests, without the command line around it.
exit(supervisorMain(arguments: Array(CommandLine.arguments.dropFirst())))
