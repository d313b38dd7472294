import ComposeModel

/// `build` and `develop`.
enum EncodeBuild {
    static func value(_ build: BuildConfig, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("context", build.context)
        object.add("dockerfile", build.dockerfile)
        object.add("dockerfile_inline", build.dockerfileInline)
        object.add("entitlements", build.entitlements)
        object.add("args", build.args)
        object.add("provenance", build.provenance)
        object.add("sbom", build.sbom)
        object.add("ssh", build.ssh.map { key in key.path.map { "\(key.id)=\($0)" } ?? key.id })
        object.add("labels", build.labels)
        object.add("cache_from", build.cacheFrom)
        object.add("cache_to", build.cacheTo)
        object.add("no_cache", flag: build.noCache)
        object.add("additional_contexts", build.additionalContexts)
        object.add("pull", flag: build.pull)
        object.add("extra_hosts", hosts: build.extraHosts)
        object.add("isolation", build.isolation)
        object.add("network", build.network)
        object.add("target", build.target)
        object.add("secrets", list: build.secrets, EncodeParts.reference)
        object.add("shm_size", bytes: build.shmSize)
        object.add("tags", build.tags)
        object.add("ulimits", map: build.ulimits, EncodeParts.ulimit)
        object.add("platforms", build.platforms)
        object.add("privileged", flag: build.privileged)
        object.add(build.extensions)
        return object.value
    }

    static func develop(_ develop: DevelopConfig, _ form: OutputForm) -> OutputValue {
        var object = ObjectEncoder(form)
        object.add("watch", list: develop.watch) { trigger, form in
            var object = ObjectEncoder(form)
            object.add("path", .string(trigger.path))
            object.add("action", trigger.action.rawValue)
            object.add("target", trigger.target)
            // JSON shows the part even when there is none.
            if trigger.exec == nil, form == .json { object.add("exec", .mapping([.init("command", .null)])) }
            object.add("exec", object: trigger.exec, EncodeParts.hook)
            object.add("include", trigger.include)
            object.add("ignore", trigger.ignore)
            object.add("initial_sync", flag: trigger.initialSync)
            object.add(trigger.extensions)
            return object.value
        }
        object.add(develop.extensions)
        return object.value
    }
}
