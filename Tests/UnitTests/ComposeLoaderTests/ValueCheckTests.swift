import ComposeModel
import Testing

@testable import ComposeLoader

/// Values that load and that nothing can be made from.
struct ValueCheckTests {
    /// With two processors, and a disk whose scheduler is not bfq.
    private func gaps(_ text: String, unified: Bool = true) throws -> [AttributeGap] {
        var files = MemoryFiles(contents: [
            "/p/compose.yaml": text, "/sys/devices/system/cpu/online": "0-1\n", "/dev/x": "", "/dev/sda": "",
            "/sys/class/block/sda/queue/scheduler": "[none] mq-deadline\n",
        ])
        let groups = unified ? ["cgroup.controllers"] : ["memory/memory.limit_in_bytes", "blkio/tasks"]
        for file in groups { files.contents["/sys/fs/cgroup/\(file)"] = "" }
        let options = LoadOptions(environment: [:], workingDirectory: "/p")
        return try loadProject(options, files: files).project.effectiveGaps
    }

    @Test(arguments: ValueExamples.all)
    func whatIsWrongIsSaidAtItsPlace(example: ValueExamples.Example) throws {
        let found = try gaps(example.file, unified: example.isUnified)
        #expect(found.map { $0.description.drop { $0 != " " }.dropFirst() } == [example.complaint[...]])
        #expect(found.allSatisfy { $0.place != nil })
    }

    @Test func everyCheckHasAnExample() {
        let shown = Set(ValueExamples.all.map(\.path))
        #expect(ValueChecks.table.map(\.path).filter { !shown.contains($0) } == [])
    }

    @Test func everyCheckIsOfAnAttribute() {
        let known = attributePaths()
        for (path, _) in ValueChecks.table {
            let attribute = path.replacing(".[]", with: "[]")
            #expect(
                known.contains { $0 == attribute || $0.hasPrefix(attribute + ".") || $0.hasPrefix(attribute + "[]") },
                "there is no \(path)")
        }
    }

    @Test func valuesThatDockerTakesMeetNoCheck() throws {
        let found = try gaps(
            """
            services:
              web:
                image: registry.example:5000/team/app:1.0@sha256:\(String(repeating: "0", count: 64))
                user: "1000:1000"
                working_dir: /srv
                stop_signal: SIGRTMIN+3
                cap_add: [cap_net_admin, ALL]
                security_opt: [no-new-privileges, "label:disable", apparmor=unconfined, "seccomp=unconfined"]
                ulimits: {nofile: {soft: 1, hard: -1}, nproc: -1, core: {soft: -1, hard: -1}}
                sysctls: {net.core.somaxconn: 1, kernel.shmmax: 1, net/ipv4/conf/eth0.1/rp_filter: 2}
                ipc: none
                restart: on-failure:3
                healthcheck: {test: x, interval: 0s, timeout: 1ms}
                cpus: "1.5"
                cpuset: 0,1
                mem_limit: 64m
                mem_reservation: 64m
                memswap_limit: -1
                mem_swappiness: 0
                shm_size: 0
                blkio_config: {weight: 0}
                dns: 1.1.1.1
                extra_hosts: ["a:host-gateway", "b=[::1]", "c:::1"]
                ports: ["80", "127.0.0.1:81:81", "[::1]:82:82"]
                expose: ["6379:6379", "90-91/udp", 92]
                networks: {default: {ipv4_address: 10.9.0.5, ipv6_address: "fd00::5", link_local_ips: [169.254.1.1]}}
                volumes: ["/a:/b:ro,cached", "data:/c", "/proc", {type: tmpfs, target: /t}, "/x:/proc/cpuinfo"]
                tmpfs: ["/s:size=1m,noexec,uid=1"]
            networks:
              default:
                ipam: {config: [{subnet: 10.9.0.0/24, gateway: 10.9.0.1}, {subnet: "fd00::/64"}]}
            volumes:
              data: {driver_opts: {type: nfs, o: "addr=h,rw", device: ":/x"}}
            """.replacing(", \"/proc\",", with: ","))
        #expect(found.map(\.description) == [])
    }

    @Test func anOptionOfAShortMountThatMeansNothingIsWarnedAbout() throws {
        let found = try gaps("services: {web: {image: app, volumes: [\"./d:/x:rro\"]}}")
        #expect(found.map(\.effect) == [.warned])
        #expect(
            found.map(\.description) == [
                "compose.yaml:1:40: services.web.volumes[0] has an option \"rro\" that means nothing, did you mean ro?"
            ])
    }

    @Test func allAreToldInTheOrderOfTheFile() throws {
        let found = try gaps(
            "services:\n  b:\n    image: B\n    user: \"0:\"\n  a:\n    image: a\n    isolation: hyperv\n    cpuset: x\n"
        )
        #expect(
            found.map(\.place) == ["compose.yaml:3:12", "compose.yaml:4:11", "compose.yaml:7:16", "compose.yaml:8:13"])
    }

    @Test(arguments: [
        ("\"80:80\"", "\"80:81\"", true), ("\"80:80\"", "\"80:80/udp\"", false),
        ("\"127.0.0.1:80:80\"", "\"80:80\"", true), ("\"127.0.0.1:80:80\"", "\"127.0.0.2:80:80\"", false),
        ("\"80:80\"", "\"80-90:80\"", false), ("\"[::1]:80:80\"", "\"0.0.0.0:80:80\"", false), ("80", "80", false),
    ])
    func onePortForTwoServicesIsAClash(first: String, second: String, clashes: Bool) throws {
        let found = try gaps(
            "services:\n  a: {image: app, ports: [\(first)]}\n  b: {image: app, ports: [\(second)]}\n")
        #expect(found.map(\.effect) == (clashes ? [.clash] : []))
        if clashes { #expect(found[0].description.contains(": services.b.ports[0]: Bind for ")) }
    }

    @Test func servicesThatDoNotRunSideBySideMayShareAPort() throws {
        let found = try gaps(
            """
            services:
              job: {image: app, ports: ["80:80"]}
              web: {image: app, ports: ["80:80"], depends_on: {job: {condition: service_completed_successfully}}}
              off: {image: app, ports: ["80:80"], profiles: [other]}
              none: {image: app, ports: ["80:80"], scale: 0}
            """)
        #expect(found == [])
    }
}
