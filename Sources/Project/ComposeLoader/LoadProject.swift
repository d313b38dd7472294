import ComposeModel

/// Loads a project.
///
/// Everything it knows comes from `options` and `files`. All problems of one phase of a file are reported together.
public func loadProject(_ options: LoadOptions, files: any FileProvider) throws(LoadFailure) -> LoadResult {
    throw LoadFailure("the loader is being written")
}
