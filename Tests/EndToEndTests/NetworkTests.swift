import Glibc
import LinuxSystem
import Testing

extension EndToEnd {
    struct Networks {
        @Test
        func servicesFindEachOtherByNameAndAliasOnTheNetworksTheyShareAndOnlyThere() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: nap
                    networks: [front]
                  api:
                    image: busybox
                    command: sh -c 'mkdir /www; echo api >/www/index.html; exec httpd -f -h /www'
                    init: true
                    networks:
                      front:
                        aliases: [backend]
                      back:
                  db:
                    image: busybox
                    command: nap
                    networks: [back]
                networks:
                  front:
                  back:
                    internal: true
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                for name in ["api", "backend", "\(project.name)-api-1"] {
                    try eventually("\(name) answers") {
                        try project.compose("exec", "-T", "web", "wget", "-q", "-O", "-", "http://\(name)").text
                            == "api"
                    }
                }
                #expect(try project.compose("exec", "-T", "api", "nslookup", "db").exitCode == 0)
                #expect(try project.compose("exec", "-T", "web", "nslookup", "db").exitCode != 0)
            }
        }

        @Test
        func aPublishedPortAnswersOnTheHostOnBothLoopbackAddressesUntilDown() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: sh -c 'mkdir /www; echo published >/www/index.html; exec httpd -f -h /www'
                    init: true
                    ports: ["${PORT}:80"]
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                for host in ["127.0.0.1", "localhost", "[::1]"] {
                    try eventually("\(host) answers", within: 5) {
                        Host.page("http://\(host):\(project.port)/") == "published"
                    }
                }
                #expect(try project.compose("port", "web", "80").succeeds().text == "0.0.0.0:\(project.port)")
                try project.compose("down").succeeds()
                #expect(Host.page("http://127.0.0.1:\(project.port)/") == nil)
            }
        }

        @Test
        func aPortThatIsTakenIsAnErrorThatNamesThePortAndTheProjectCanBeBroughtUpLater() throws {
            let file = """
                services:
                  web:
                    image: busybox
                    command: nap
                    ports: ["${PORT}:80"]
                """
            try Project.with(file) { project in
                do {
                    let other = try Host.bound(to: project.port)
                    try systemCall { listen(other.raw, 1) }
                    let outcome = try project.compose("up", "-d").fails(with: 1)
                    #expect(outcome.errors.contains("\(project.port)"))
                }
                try project.compose("up", "-d").succeeds()
                #expect(try project.status(of: "web").hasPrefix("running"))
            }
        }
    }
}
