import Testing

extension EndToEnd {
    /// Builds what `DockerfileCases` holds and compares with what is recorded there of other builders.
    @Test
    func dockerfilesMakeWhatOtherBuildersMakeOfThem() throws {
        let command = try Command(
            ["/usr/bin/env", "bash", "scripts/dockerfile-cases", "check", Binary.path],
            environment: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], directory: ".")
        try command.finish(within: 300).succeeds()
    }
}
