/// The systemd unit that starts containers at boot (systemd.service(5)).
struct ServiceUnit: Equatable {
    static let name = "compose.service"
    static let path = "/etc/systemd/system/" + name

    /// What systemctl(1) is told once the unit is there. Only a unit that was started is stopped at shutdown: without
    /// that, systemd waits a minute and a half for containers that nobody has told to end.
    static let installation = [["daemon-reload"], ["enable", name], ["start", name]]

    /// The program's own path.
    var program: String
    /// Variables that the program needs to find its roots.
    var environment: [(name: String, value: String)] = []

    static func == (left: ServiceUnit, right: ServiceUnit) -> Bool { left.text == right.text }

    var text: String {
        let variables = environment.map { "Environment=\(Self.quoted("\($0.name)=\($0.value)"))\n" }.joined()
        let program = Self.quoted(program)
        return """
            [Unit]
            Description=Containers of Compose projects
            After=local-fs.target network-online.target
            Wants=network-online.target

            [Service]
            Type=oneshot
            RemainAfterExit=yes
            \(variables)ExecStart=\(program) --progress plain system start
            ExecStop=\(program) --progress plain system stop
            # Supervisors that are left end by themselves with their last container.
            KillMode=process
            TimeoutStartSec=infinity
            TimeoutStopSec=120

            [Install]
            WantedBy=multi-user.target

            """
    }

    /// One word of a setting: in quotes, with `%` doubled as specifiers begin with it, and `$` as variables do.
    private static func quoted(_ word: String) -> String {
        var result = "\""
        for character in word {
            switch character {
            case "\\", "\"": result += "\\\(character)"
            case "%", "$": result += "\(character)\(character)"
            default: result.append(character)
            }
        }
        return result + "\""
    }
}
