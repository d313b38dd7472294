internal import ComposeModel

/// What is not published, or only if the user agrees: others will read it.
enum PublicationChecks {
    /// Why the project is not published; nil if nothing is in the way.
    static func refusal(of project: Project, withEnvironment: Bool) -> String? {
        let built = project.serviceNames.filter { name in
            project.services[name].map { ($0.image ?? "").isEmpty && $0.build != nil } ?? false
        }
        if !built.isEmpty {
            return "your Compose stack cannot be published as it only contains a build section for service(s):\n"
                + built.map { "- \"\($0)\"" }.joined(separator: "\n")
        }
        if withEnvironment { return nil }
        var reasons: [String] = []
        for name in project.serviceNames {
            guard let service = project.services[name] else { continue }
            if !service.envFiles.isEmpty { reasons.append("service \"\(name)\" has env_file declared.") }
            if !service.environment.isEmpty {
                reasons.append("service \"\(name)\" has environment variable(s) declared.")
            }
        }
        for (name, config) in project.configs.sorted(by: { $0.key < $1.key }) where config.environment != nil {
            reasons.append("config \"\(name)\" is declare as an environment variable.")
        }
        if reasons.isEmpty { return nil }
        reasons.append(
            "To avoid leaking sensitive data, you must either explicitly allow the sending of environment variables "
                + "by using the --with-env flag,\nor remove sensitive data from your Compose configuration")
        return reasons.joined(separator: "\n")
    }

    /// Questions to which the user has to say yes.
    static func questions(about project: Project) -> [String] {
        var mounts: [String] = []
        var variables: [String] = []
        for name in project.serviceNames {
            guard let service = project.services[name] else { continue }
            for volume in service.volumes where volume.kind == .bind {
                mounts.append("\(name): \(volume.source ?? ""):\(volume.target)\n")
            }
            if service.environment.isEmpty { continue }
            variables.append("Service/Config  \(name)\n")
            for (key, value) in service.environment.sorted(by: { $0.key < $1.key }) {
                variables.append(value.map { "\(key)=\($0)\n" } ?? "\(key)\n")
            }
        }
        for (name, config) in project.configs.sorted(by: { $0.key < $1.key }) {
            if let variable = config.environment { variables.append("Service/Config  \(name)\n\(name)=\(variable)\n") }
        }
        var questions: [String] = []
        if !mounts.isEmpty {
            questions.append(
                "you are about to publish bind mounts declaration within your OCI artifact.\n"
                    + "only the bind mount declarations will be added to the OCI artifact (not content)\n"
                    + "please double check that you are not mounting potential user's sensitive directories or data\n"
                    + mounts.joined() + "Are you ok to publish these bind mount declarations?")
        }
        if !variables.isEmpty {
            questions.append(
                "you are about to publish environment variables within your OCI artifact.\n"
                    + "please double check that you are not leaking sensitive data\n" + variables.joined()
                    + "Are you ok to publish these environment variables?")
        }
        return questions
    }
}
