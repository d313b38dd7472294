import CLinux
import ContainerModel
import ContainerRuntime
import Glibc
import LinuxSystem
import Testing

extension KernelTests {
    struct MountTests {
        @Test func filesDirectoriesVolumesAndTmpfsAreMounted() throws {
            let host = try TestHost()
            try Files.makeDirectories(host.directory + "/volume/sub")
            try Files.replace(host.directory + "/volume/sub/file", with: Array("below\n".utf8))
            try Files.replace(host.directory + "/single", with: Array("single\n".utf8))
            var spec = try host.spec(
                """
                cat /etc/single /srv/deep/sub/file /only/file; touch /srv/deep/new; touch /fresh/a && grep fresh /proc/mounts
                ls -ld /made; echo x > /volume/y
                """)
            spec.mounts = [
                MountSpec(source: .generated(path: host.directory + "/single"), target: "/etc/single"),
                MountSpec(
                    source: .volume(name: "v", path: host.directory + "/volume", subpath: nil), target: "/srv/deep",
                    readOnly: true),
                MountSpec(
                    source: .volume(name: "v", path: host.directory + "/volume", subpath: "sub"), target: "/only"),
                MountSpec(
                    source: .tmpfs(size: 1 << 20, mode: 0o700, options: ["exec", "uid=1000"]), target: "/fresh"),
                MountSpec(
                    source: .bind(
                        path: host.directory + "/made/by/us", createIfMissing: true, propagation: nil, recursive: true),
                    target: "/made"),
                MountSpec(
                    source: .volume(name: "v", path: host.directory + "/volume", subpath: nil), target: "/volume"),
            ]
            let output = try host.run(spec).output
            #expect(output.hasPrefix("single\nbelow\nbelow\n"))
            #expect(output.contains("touch: /srv/deep/new: Read-only file system"))
            #expect(output.contains("tmpfs /fresh tmpfs rw,nosuid,nodev,relatime,size=1024k,mode=700,uid=1000"))
            #expect(Files.text(host.directory + "/volume/y") == "x\n")
            #expect(Files.exists(host.directory + "/made/by/us"))
            #expect(Files.text("/proc/self/mountinfo")?.contains(host.directory) == false)
        }

        @Test func linksInTheImageStayInside() throws {
            let host = try TestHost()
            let canary = host.directory + "/canary"
            try Files.makeDirectories(canary)
            symlink(canary, host.directory + "/image/leave")
            symlink("../../../../../../.." + canary, host.directory + "/image/climb")
            try Files.makeDirectories(host.directory + "/volume")
            symlink(canary, host.directory + "/volume/out")
            var spec = try host.spec("true")
            spec.mounts = [
                MountSpec(source: .tmpfs(size: nil, mode: nil, options: []), target: "/leave/x")
            ]
            // The link leads to a directory that is not in the image.
            #expect(throws: RuntimeError.self) { try host.run(spec) }
            spec.mounts[0].target = "/climb/y"
            #expect(throws: RuntimeError.self) { try host.run(spec) }
            spec.mounts = [
                MountSpec(source: .volume(name: "v", path: host.directory + "/volume", subpath: "out"), target: "/v")
            ]
            #expect(throws: RuntimeError.self) { try host.run(spec) }
            #expect(try Files.list(canary).isEmpty)
        }

        @Test func procIsOutOfBounds() throws {
            let host = try TestHost()
            var spec = try host.spec("true")
            for target in ["/proc", "/proc/self/attr", "/x/../proc/sys", "/"] {
                spec.mounts = [MountSpec(source: .tmpfs(size: nil, mode: nil, options: []), target: target)]
                let error = try #require(throws: RuntimeError.self) { try host.run(spec) }
                #expect(error.code == .invalid)
            }
            symlink("/proc/sys", host.directory + "/image/disguise")
            spec.mounts[0].target = "/disguise"
            let error = try #require(throws: RuntimeError.self) { try host.run(spec) }
            #expect(error.detail == "a link in the image leads into /proc")
        }

        @Test func theWorkingDirectoryIsMadeAndInside() throws {
            let host = try TestHost()
            var spec = try host.spec("pwd")
            spec.process.workingDirectory = "/srv/app/deep"
            #expect(try host.run(spec).output == "/srv/app/deep\n")
            spec.process.workingDirectory = "/proc/1/root"
            #expect(try host.run(spec).output == "/\n")
            // Of what the launcher has open there, directories in the container will do; none of the host does.
            for number in 3...20 {
                spec.process.workingDirectory = "/proc/self/fd/\(number)"
                guard let output = try? host.run(spec).output else { continue }
                // From outside of its root the kernel says "(unreachable)": getcwd(2).
                #expect(output.hasPrefix("/"), "\(number): \(output)")
            }
        }

        @Test func aTerminalIsTheContainersOwn() throws {
            let host = try TestHost()
            var spec = try host.spec("tty; stty size; echo on the console > /dev/console; ls -l /dev/console")
            spec.process.terminal = true
            var descriptors = LaunchDescriptors()
            descriptors.terminalSize = TerminalSize(rows: 10, columns: 20)
            var process = try host.start(spec, descriptors)
            let output = readTerminal(process.takeTerminal())
            #expect(output.hasPrefix("/dev/pts/0\r\n10 20\r\non the console\r\ncrw"))
        }

        @Test func namespacesAreSharedOnRequest() throws {
            let host = try TestHost()
            let donor = try host.spec("echo there > /dev/shm/file; hostname donor; echo ready; sleep 1000")
            let ends = try Ends()
            var descriptors = LaunchDescriptors()
            descriptors.standardOutput = ends.write
            let process = try host.start(donor, descriptors)
            #expect(try ends.readLine() != "")
            var spec = try host.spec(
                "cat /dev/shm/file; ps | grep -c 'sleep 1000'; (readlink /proc/self/ns/net; readlink /proc/1/ns/net) | sort -u | wc -l"
            )
            spec.namespaces.ipc = .container(donor.id)
            spec.namespaces.pid = .container(donor.id)
            spec.namespaces.network = .container(donor.id)
            var joining = LaunchDescriptors()
            #expect(throws: RuntimeError.self) { try host.run(spec, joining) }
            joining.containers = [donor.id: process.identity]
            let output = try host.run(spec, joining).output
            #expect(output.hasPrefix("there\n"))
            #expect(output.hasSuffix("\n1\n"))
        }
    }
}
