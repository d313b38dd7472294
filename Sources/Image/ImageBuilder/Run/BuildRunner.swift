public import EngineModel
public import Primitives

/// Runs programs on layers: what `RUN` needs of an engine.
///
/// One value serves one build at a time or several; all functions may be called from many threads at once. What is
/// kept between programs for speed lives until ``finish()``, and never longer than the calling process.
public protocol BuildRunner: Sendable {
    /// Runs a program to its end and kills whatever it left running.
    ///
    /// - Parameters:
    ///   - output: gets what the program writes, in order, as it comes. Called on threads of the runner, never on two
    ///     at once, and not after the return.
    ///   - cancellation: kills the program; the call then throws `.cancelled`.
    /// - Returns: the exit code, 128 + N for a program that signal N ended.
    /// - Throws: `.startFailed` with exit code 126 or 127 for a program that cannot be executed or is not there.
    func run(
        _ process: BuildProcess, output: @escaping @Sendable (_ isError: Bool, UnsafeRawBufferPointer) -> Void,
        cancellation: Cancellation
    ) throws(EngineError) -> Int32

    /// The build ended: ends whatever was kept for speed. Later programs bring it back. Idempotent.
    func finish()
}
