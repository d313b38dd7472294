public import ComposeModel

/// The labels that docker compose gives the images of builds.
public func buildLabels(of service: Service, in project: Project) -> [String: String] {
    [
        ProjectLabel.project: project.name, ProjectLabel.service: service.name,
        ProjectLabel.version: composeLabelVersion,
    ]
}
