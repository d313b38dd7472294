import Testing

@testable import ComposeCLI

struct ServiceUnitTests {
    @Test
    func theUnitStartsAndStopsWithTheProgramAndTheRootsOfWhoInstalledIt() {
        let unit = ServiceUnit(program: "/opt/a b/100%/compose", environment: [("COMPOSE_DATA_ROOT", "/srv/$x\"y")])
        let lines = unit.text.split(separator: "\n").map(String.init)
        #expect(lines.contains(#"ExecStart="/opt/a b/100%%/compose" --progress plain system start"#))
        #expect(lines.contains(#"ExecStop="/opt/a b/100%%/compose" --progress plain system stop"#))
        #expect(lines.contains(#"Environment="COMPOSE_DATA_ROOT=/srv/$$x\"y""#))
        #expect(lines.contains("Type=oneshot") && lines.contains("RemainAfterExit=yes"))
        #expect(lines.contains("WantedBy=multi-user.target"))
    }

    /// systemd calls ExecStop only of a unit that was started.
    @Test
    func theFirstShutdownAfterTheInstallationStopsContainersToo() {
        let words = ServiceUnit.installation.map { $0.joined(separator: " ") }
        #expect(words == ["daemon-reload", "enable compose.service", "start compose.service"])
    }
}
