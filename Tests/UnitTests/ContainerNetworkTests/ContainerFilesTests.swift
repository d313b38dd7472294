import Primitives
import Testing

@testable import ContainerNetwork

struct ContainerFilesTests {
    @Test func resolvConf() {
        let host = "nameserver 127.0.0.53\noptions edns0\nsearch corp.example\n"
        #expect(
            ContainerFiles.resolvConf(search: [], options: [], hostText: host)
                == "nameserver 127.0.0.11\nsearch corp.example\noptions edns0 ndots:0\n")
        #expect(
            ContainerFiles.resolvConf(search: ["a", "b"], options: ["ndots:2", "rotate"], hostText: host)
                == "nameserver 127.0.0.11\nsearch a b\noptions ndots:2 rotate\n")
        #expect(
            ContainerFiles.resolvConf(search: ["."], options: [], hostText: host)
                == "nameserver 127.0.0.11\noptions edns0 ndots:0\n")
        #expect(
            ContainerFiles.resolvConf(search: [], options: ["rotate"], hostText: "domain corp.example\n")
                == "nameserver 127.0.0.11\nsearch corp.example\noptions rotate ndots:0\n")
        #expect(ContainerFiles.hostResolvConf(servers: [], search: [], options: [], hostText: host) == host)
        #expect(
            ContainerFiles.hostResolvConf(servers: ["9.9.9.9"], search: [], options: [], hostText: host)
                == "nameserver 9.9.9.9\nsearch corp.example\noptions edns0\n")
    }

    @Test func withoutANameServiceTheHostsServersAreAskedThatCanBeReached() {
        let host = "nameserver 127.0.0.53\nnameserver 10.0.0.53\nnameserver fd00::53\noptions edns0\nsearch corp\n"
        #expect(
            ContainerFiles.bareResolvConf(servers: [], search: [], options: [], hostText: host)
                == "nameserver 10.0.0.53\nsearch corp\noptions edns0\n")
        #expect(
            ContainerFiles.bareResolvConf(servers: ["127.0.0.1"], search: ["."], options: ["rotate"], hostText: host)
                == "nameserver 127.0.0.1\noptions rotate\n")
        let local = "nameserver 127.0.0.53\n"
        #expect(
            ContainerFiles.bareResolvConf(servers: [], search: [], options: [], hostText: local)
                == "nameserver 8.8.8.8\nnameserver 8.8.4.4\n")
        #expect(ContainerFiles.namesOnlyLocalResolver(local))
        #expect(!ContainerFiles.namesOnlyLocalResolver(host))
    }

    @Test func hosts() throws {
        let text = try ContainerFiles.hosts(
            hostname: "web", domainname: "example.org", addresses: [IPAddress("10.0.0.2")!],
            extraHosts: ["db=10.0.0.9", "six:[fd00::1]", "up=host-gateway"], gateway: IPAddress("10.0.0.1")!)
        #expect(
            text == """
                127.0.0.1\tlocalhost
                ::1\tlocalhost ip6-localhost ip6-loopback
                fe00::\tip6-localnet
                ff00::\tip6-mcastprefix
                ff02::1\tip6-allnodes
                ff02::2\tip6-allrouters
                10.0.0.9\tdb
                fd00::1\tsix
                10.0.0.1\tup
                10.0.0.2\tweb.example.org web

                """)
        #expect(throws: NetworkError.self) {
            try ContainerFiles.hosts(
                hostname: "web", domainname: nil, addresses: [], extraHosts: ["db=nowhere"], gateway: nil)
        }
    }

    @Test func portTables() {
        let table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100
               1: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100
            """
        #expect(PortOwner.sockets(in: table, port: 8080, listening: true) == ["4711"])
        #expect(PortOwner.sockets(in: table, port: 80, listening: true).isEmpty)
    }
}
