/// The life of a supervisor process: everything `compose __supervisor …` does. Call it first of all in `main`, before
/// the process has threads.
///
/// - Parameter arguments: the command line without the program's name.
/// - Returns: the exit status.
public func supervisorMain(arguments: [String]) -> Int32 {
    guard SupervisorArguments(arguments) != nil else { return 64 }
    return 0
}
