import Testing

extension EndToEnd {
    struct Registries {
        @Test
        func whatIsBuiltPushedAndPulledKeepsItsDigestAndNothingIsSentThatIsThereAlready() throws {
            let registry = try LoopbackRegistry()
            let name = "\(registry.host)/team/app:1"
            let project = "services: {web: {image: '\(name)', build: ., command: nap}}"
            let dockerfile = "FROM busybox\nRUN rm /etc/group && ln /etc/passwd /copy\nCOPY page /srv/\nUSER app\n"
            try Project.with(project, files: ["Dockerfile": dockerfile, "page": "text"]) { project in
                try project.compose("build").succeeds()
                let id = try project.image(name, "{{.Id}}")
                let first = try registry.requests { try project.compose("push").succeeds() }
                #expect(first.count { $0.hasPrefix("PUT /v2/team/app/blobs/") } == 4)
                let digest = try project.digest(of: name)
                #expect(try registry.digest(of: "team/app:1") == digest)
                let second = try registry.requests { try project.compose("push").succeeds() }
                #expect(!second.contains { $0.contains("/blobs/uploads/") }, "\(second)")

                // First with the layers here, which the build cache has, then without.
                for (command, fetched) in [("image rm \(name)", 1), ("system prune --all --force", 4)] {
                    try project.compose(command.split(separator: " ").map(String.init)).succeeds()
                    let pulled = try registry.requests { try project.compose("pull").succeeds() }
                    #expect(pulled.count { $0.hasPrefix("GET /v2/team/app/blobs/") } == fetched, "\(pulled)")
                }
                #expect(try project.image(name, "{{.Id}}") == id)
                #expect(try project.digest(of: name) == digest)
                let again = try registry.requests { try project.compose("pull").succeeds() }
                #expect(!again.contains { $0.contains("/blobs/") }, "\(again)")

                try project.compose("up", "-d", "--no-build").succeeds()
                let seen = try project.compose(
                    "exec", "-T", "web", "sh", "-c", "id -un; cat /srv/page; [ ! -e /etc/group ]")
                #expect(try seen.succeeds().lines == ["app", "text"])
            }
        }

        @Test
        func upPullAlwaysTakesWhatATagMeansNowUpTakesWhatIsThere() throws {
            let registry = try LoopbackRegistry()
            let name = "\(registry.host)/app:1"
            try Project.with("services: {web: {image: '\(name)', command: nap}}") { project in
                let saved = project.folder + "/saved.tar"
                try project.compose("image", "save", "-o", saved, "busybox").succeeds()
                try LoopbackRegistry.skopeo(
                    "copy", "--dest-tls-verify=false", "oci-archive:\(saved)", "docker://\(name)")
                try project.compose("up", "-d").succeeds()
                let container = try project.id(of: "web")

                try project.write("FROM busybox\nENV NEW=1\n", to: "Dockerfile")
                try project.compose("image", "build", "-q", "-t", "\(registry.host)/other:1", ".").succeeds()
                try project.compose("image", "push", "\(registry.host)/other:1").succeeds()
                try LoopbackRegistry.skopeo(
                    "copy", "--src-tls-verify=false", "--dest-tls-verify=false",
                    "docker://\(registry.host)/other:1", "docker://\(name)")
                try project.compose("up", "-d").succeeds()
                #expect(try project.id(of: "web") == container)
                try project.compose("up", "-d", "--pull", "always").succeeds()
                #expect(try project.id(of: "web") != container)
                #expect(try project.compose("exec", "-T", "web", "sh", "-c", "echo $NEW").succeeds().text == "1")
            }
        }

        @Test
        func imagesGoThroughArchivesOfSkopeoAndBackWithTheirDigestsWhateverTheCompression() throws {
            let registry = try LoopbackRegistry()
            let name = "\(registry.host)/app:1"
            try Project.with("services: {web: {image: '\(name)', command: nap}}") { project in
                try project.write("FROM busybox\nRUN rm -r /home && mkdir /home && echo x >/home/x\n", to: "Dockerfile")
                try project.compose("image", "build", "-q", "-t", name, ".").succeeds()
                try project.compose("image", "push", name).succeeds()
                let (id, digest) = (try project.image(name, "{{.Id}}"), try project.digest(of: name))
                let (ours, theirs) = (project.folder + "/ours.tar", project.folder + "/theirs.tar")
                try project.compose("image", "save", "-o", ours, name).succeeds()
                let found = try LoopbackRegistry.skopeo("inspect", "--format", "{{.Digest}}", "oci-archive:\(ours)")
                #expect(found.text == digest)
                for (kind, options) in [
                    ("oci-archive", ["--dest-compress-format", "gzip"]),
                    ("oci-archive", ["--dest-compress-format", "zstd"]), ("docker-archive", []),
                ] {
                    _ = Host.run(["/usr/bin/rm", "-f", theirs])
                    let copied = Host.run(
                        ["/usr/bin/skopeo", "--insecure-policy", "copy", "--src-tls-verify=false"] + options
                            + ["docker://\(name)", "\(kind):\(theirs):\(name)"])
                    #expect(!copied.isEmpty, "skopeo makes a \(kind)")
                    try project.compose("image", "rm", name).succeeds()
                    try project.compose("image", "load", "-i", theirs).succeeds()
                    #expect(try project.image(name, "{{.Id}}") == id)
                }
                try project.compose("image", "rm", name).succeeds()
                try project.compose("image", "load", "-i", ours).succeeds()
                #expect(try project.image(name, "{{.Id}}") == id)
                let listed = try project.compose("run", "--rm", "-T", "web", "ls", "/home").succeeds()
                #expect(listed.text == "x")
            }
        }

        @Test
        func loginIsAskedForCheckedAndForgotten() throws {
            let registry = try LoopbackRegistry(user: ("anna", "geheim"))
            let name = "\(registry.host)/app:1"
            try Project.with("services: {web: {image: '\(name)', build: ., command: nap}}") { project in
                try project.write("FROM busybox\n", to: "Dockerfile")
                try project.compose("build").succeeds()
                let refused = try project.compose("push").fails(with: 1)
                #expect(refused.errors.contains("compose login \(registry.host)"))
                try project.compose("login", "-u", "anna", "--password-stdin", registry.host, input: "wrong")
                    .fails(with: 1)
                try project.compose("login", "-u", "anna", "--password-stdin", registry.host, input: "geheim\n")
                    .succeeds()
                try project.compose("push").succeeds()
                try project.compose("pull", "--policy", "always").succeeds()
                try project.compose("logout", registry.host).succeeds()
                #expect(try project.compose("image", "pull", name).fails(with: 1).errors.contains("login"))
            }
        }

        @Test
        func commitMakesAnImageOfWhatARunningContainerWrote() throws {
            let file = "services: {web: {image: busybox, command: nap}, copy: {image: 'kept:1', profiles: [copy]}}"
            try Project.with(file) { project in
                try project.compose("up", "-d").succeeds()
                try project.compose("exec", "-T", "web", "sh", "-c", "echo new >/file; rm /etc/group").succeeds()
                let command = #"CMD ["sh", "-c", "cat /file; [ -e /etc/group ] || echo $A"]"#
                try project.compose("commit", "--change", "ENV A=1", "--change", command, "web", "kept:1").succeeds()
                #expect(try project.status(of: "web").hasPrefix("running"))
                let run = try project.compose("run", "--rm", "-T", "copy").succeeds()
                #expect(run.lines == ["new", "1"])
            }
        }
    }
}
