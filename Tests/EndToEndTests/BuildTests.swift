import Glibc
import LinuxSystem
import Testing

extension EndToEnd {
    struct Builds {
        @Test
        func upBuildsWhatIsMissingLaterBuildsTakeWhatHasNotChangedFromTheCache() throws {
            let dockerfile = """
                FROM busybox AS tools
                ARG WORD=none
                RUN echo "made $WORD" >/made; echo says $((6 * 7))
                FROM busybox
                COPY --from=tools /made /srv/made
                COPY page /srv/page
                CMD ["sh", "-c", "cat /srv/made /srv/page; exec nap"]
                """
            let file = "services: {web: {build: {context: ., args: {WORD: here}}}}"
            try Project.with(file, files: ["Dockerfile": dockerfile, "page": "first\n"]) { project in
                let built = try project.compose("up", "-d").succeeds()
                #expect((built.output + built.errors).contains("says 42"))
                try eventually("it runs") { try project.logs(of: "web") == ["made here", "first"] }

                try project.write("second\n", to: "page")
                try project.compose("up", "-d").succeeds()
                #expect(try project.logs(of: "web") == ["made here", "first"], "up alone builds nothing anew")
                let again = try project.compose("up", "-d", "--build").succeeds()
                #expect(again.errors.contains("CACHED") || again.output.contains("CACHED"), "\(again)")
                #expect(!(again.output + again.errors).contains("says 42"))
                try eventually("the new one runs") { try project.logs(of: "web") == ["made here", "second"] }
                let whole = try project.compose("build", "--no-cache").succeeds()
                #expect((whole.output + whole.errors).contains("says 42"))
            }
        }

        @Test
        func aStepThatFailsIsShownWithItsOutputAndItsPlaceAndLeavesNoImage() throws {
            let file = "services: {web: {image: 'broken:1', build: .}}"
            let dockerfile = "FROM busybox\nRUN true\nRUN echo the-reason >&2; exit 7\n"
            try Project.with(file, files: ["Dockerfile": dockerfile]) { project in
                let outcome = try project.compose("up", "-d").fails(with: 1)
                for part in ["the-reason", "Dockerfile:3", "exit code: 7", ">>> RUN echo the-reason"] {
                    #expect((outcome.output + outcome.errors).contains(part), "\(outcome)")
                }
                try project.compose("image", "inspect", "broken:1").fails(with: 1)
                #expect(try project.compose("ps", "-a", "-q").succeeds().lines == [])
                try project.write("FROM busybox\nCOPPY a b\n", to: "Dockerfile")
                let unknown = try project.compose("build").fails(with: 1)
                #expect(unknown.output.contains("Dockerfile:2"), "\(unknown)")
                #expect(unknown.errors.contains("did you mean COPY"), "\(unknown)")
            }
        }

        @Test
        func archivesWithAnEntryForTheirRootAreUnpackedOverAnImageNamesThatAreLinksStayLinks() throws {
            let file = "services: {web: {build: ., command: sh -c 'ls /srv; cat /srv/link; stat -c %a /srv/b'}}"
            let dockerfile = "FROM busybox\nADD files.tar.gz /srv/\nRUN test -L /srv/link\n"
            try Project.with(file, files: ["Dockerfile": dockerfile, "tree/a": "text\n", "tree/b": ""]) { project in
                let folder = project.folder + "/project"
                _ = Host.run(["/usr/bin/ln", "-s", "a", folder + "/tree/link"])
                _ = Host.run(["/usr/bin/chmod", "4711", folder + "/tree/b"])
                _ = Host.run(["/usr/bin/tar", "-C", folder + "/tree", "-czf", folder + "/files.tar.gz", "."])
                try project.compose("up", "--no-attach", "web").succeeds()
                try eventually("it has ended") { try project.status(of: "web").hasPrefix("exited") }
                #expect(try project.logs(of: "web") == ["a", "b", "link", "text", "4711"])
            }
        }

        @Test
        func aBuildThatIsKilledLeavesNoProcessNoNetworkAndNoImageAndCanBeDoneAgain() throws {
            let file = "services: {web: {image: 'half:1', build: ., command: nap}}"
            let dockerfile = "FROM busybox\nARG END\nRUN echo started; [ -n \"$END\" ] || nap\n"
            try Project.with(file, files: ["Dockerfile": dockerfile]) { project in
                let before = Host.things(of: project.folder, containers: [])
                let build = try project.start(["build"])
                try eventually("the step runs") { (build.output + build.errors).contains("started") }
                build.signal(SIGKILL)
                _ = try build.finish()
                try eventually("all of it ends") {
                    let builds = (try? Files.list(project.folder + "/run/builds")) ?? []
                    return builds.allSatisfy { $0 == "lock" }
                        && Host.things(of: project.folder, containers: []).subtracting(before).isEmpty
                }
                try project.compose("image", "inspect", "half:1").fails(with: 1)
                try project.compose("build", "--build-arg", "END=1").succeeds()
                #expect((try? Files.list(project.folder + "/data/tmp")) ?? [] == [])
                try project.compose("image", "inspect", "half:1").succeeds()
            }
        }
    }
}
