internal import EngineModel

/// Values as text, without the standard library's reflection: this runs at every `up` for every service.
extension ConfigurationFields {
    static func text(of policy: RestartPolicy) -> String {
        switch policy {
        case .no: "no"
        case .always: "always"
        case .onFailure(let retries): "on-failure:\(retries)"
        case .unlessStopped: "unless-stopped"
        }
    }

    static func text(of check: Healthcheck) -> String {
        let numbers = [check.interval, check.timeout, check.startPeriod, check.startInterval, Int64(check.retries)]
        return list(check.test + numbers.map(String.init))
    }

    static func text(of mount: Mount) -> String {
        let kind: [String] =
            switch mount.kind {
            case .bind(let source, let create, let propagation, let recursive, let selinux):
                ["bind", source, flag(create), propagation ?? "", recursive ?? "", selinux ?? ""]
            case .volume(let name, let noCopy, let subpath): ["volume", name, flag(noCopy), subpath ?? ""]
            case .anonymousVolume(let noCopy): ["anonymous", flag(noCopy)]
            case .tmpfs(let size, let mode, let options):
                ["tmpfs", size.map { String($0) } ?? "", mode.map { String($0) } ?? ""] + options
            }
        return list([mount.target, flag(mount.readOnly)] + kind)
    }

    static func text(of mode: NetworkMode) -> String {
        switch mode {
        case .networks: "networks"
        case .none: "none"
        case .host: "host"
        case .container(let name): "container:" + name
        }
    }

    static func text(of mode: NamespaceMode) -> String {
        switch mode {
        case .own: "own"
        case .host: "host"
        case .container(let name): "container:" + name
        }
    }

    static func text(of port: PortPublication) -> String {
        list([port.hostAddress ?? "", port.hostPort, String(port.containerPort), port.protocolName])
    }

    static func text(of file: InjectedFile) -> String {
        list([file.target, file.content, String(file.mode), String(file.uid), String(file.gid)])
    }

    private static func flag(_ on: Bool) -> String { on ? "1" : "0" }
}
