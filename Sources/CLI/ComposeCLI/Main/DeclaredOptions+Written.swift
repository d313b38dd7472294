// Made by `make golden` from the commands' declarations; see DeclaredOptions.swift.

extension DeclaredOptions {
    static let written = [
        "attach": """
        detach-keys=string dry-run index=int no-stdin sig-proxy+no-sig-proxy
        """,
        "build": """
        build-arg=stringArray builder=string check compress dry-run force-rm m,memory=bytes no-cache no-rm \
        parallel print progress=string provenance=string pull push q,quiet sbom=string ssh=string \
        with-dependencies
        """,
        "commit": """
        a,author=string c,change=list dry-run index=int m,message=string p,pause+no-pause
        """,
        "config": """
        dry-run environment format=string hash=string images lock-image-digests models networks \
        no-consistency no-env-resolution no-interpolate no-normalize no-path-resolution o,output=string \
        profiles q,quiet resolve-image-digests services variables volumes
        """,
        "cp": """
        all a,archive dry-run L,follow-link index=int
        """,
        "create": """
        build dry-run force-recreate no-build no-recreate pull=string quiet-pull remove-orphans scale=scale \
        y,yes
        """,
        "disable": "",
        "doctor": """
        format=format
        """,
        "down": """
        dry-run remove-orphans rmi=string t,timeout=int v,volumes
        """,
        "enable": """
        print
        """,
        "events": """
        dry-run json since=string until=string
        """,
        "exec": """
        d,detach dry-run e,env=stringArray index=int i,interactive+no-interactive T,no-tty|no-TTY privileged \
        t,tty u,user=string w,workdir=string
        """,
        "export": """
        dry-run index=int o,output=string
        """,
        "images": """
        dry-run format=string q,quiet
        """,
        "kill": """
        dry-run remove-orphans s,signal=string
        """,
        "login": """
        p,password=string password-stdin u,username=string
        """,
        "logout": "",
        "logs": """
        dry-run f,follow index=int no-color no-log-prefix since=string n,tail=string t,timestamps \
        until=string
        """,
        "ls": """
        a,all dry-run filter=filter format=string q,quiet
        """,
        "pause": """
        dry-run
        """,
        "port": """
        dry-run index=int protocol=string
        """,
        "ps": """
        a,all dry-run filter=string format=string no-trunc orphans+no-orphans q,quiet services \
        status=stringArray
        """,
        "publish": """
        app dry-run oci-version=string resolve-image-digests with-env y,yes
        """,
        "pull": """
        dry-run ignore-buildable ignore-pull-failures include-deps parallel+no-parallel policy=string q,quiet
        """,
        "push": """
        dry-run ignore-push-failures include-deps q,quiet
        """,
        "restart": """
        dry-run no-deps t,timeout=int
        """,
        "rm": """
        a,all dry-run f,force s,stop v,volumes
        """,
        "run": """
        build cap-add=list cap-drop=list d,detach dry-run entrypoint=string e,env=stringArray \
        env-from-file=stringArray i,interactive+no-interactive l,label|labels=stringArray name=string \
        T,no-TTY|no-tty no-deps p,publish=stringArray pull=string q,quiet quiet-build quiet-pull \
        remove-orphans rm P,service-ports t,tty use-aliases u,user=string v,volume|volumes=stringArray \
        w,workdir=string
        """,
        "scale": """
        dry-run no-deps
        """,
        "start": """
        dry-run wait wait-timeout=int
        """,
        "stats": """
        a,all dry-run format=string no-stream no-trunc
        """,
        "stop": """
        dry-run t,timeout=int
        """,
        "top": """
        dry-run
        """,
        "unpause": """
        dry-run
        """,
        "up": """
        abort-on-container-exit abort-on-container-failure always-recreate-deps attach=stringArray \
        attach-dependencies build d,detach dry-run exit-code-from=string force-recreate menu+no-menu \
        no-attach=stringArray no-build no-color no-deps no-log-prefix no-recreate no-start pull=string \
        quiet-build quiet-pull remove-orphans V,renew-anon-volumes scale=scale t,timeout=int timestamps wait \
        wait-timeout=int w,watch y,yes
        """,
        "version": """
        dry-run f,format=string short
        """,
        "volumes": """
        dry-run format=string q,quiet
        """,
        "wait": """
        down-project dry-run
        """,
        "watch": """
        dry-run no-up prune+no-prune quiet
        """,
        "alpha viz": """
        dry-run image indentation-size=int networks ports spaces
        """,
        "builder prune": """
        a,all filter=stringArray f,force
        """,
        "image build": """
        add-host=stringArray allow=stringArray annotation=stringArray attest=stringArray \
        build-arg=stringArray build-context=stringArray builder=string cache-from=stringArray \
        cache-to=stringArray cgroup-parent=string check f,file=string iidfile=string label=stringArray load \
        metadata-file=string network=string no-cache no-cache-filter=stringArray o,output=stringArray \
        platform=stringArray progress=string provenance=string pull push q,quiet sbom=string \
        secret=stringArray shm-size=string ssh=stringArray t,tag=stringArray target=string ulimit=stringArray
        """,
        "image history": """
        format=string H,human+no-human no-trunc q,quiet
        """,
        "image import": """
        c,change=stringArray m,message=string platform=string
        """,
        "image inspect": """
        f,format=string
        """,
        "image load": """
        i,input=string q,quiet
        """,
        "image ls": """
        a,all digests f,filter=stringArray format=string no-trunc q,quiet
        """,
        "image prune": """
        a,all filter=stringArray f,force
        """,
        "image pull": """
        a,all-tags platform=string q,quiet
        """,
        "image push": """
        a,all-tags q,quiet
        """,
        "image rm": """
        f,force no-prune
        """,
        "image save": """
        o,output=string
        """,
        "image search": """
        f,filter=stringArray format=string limit=int no-trunc
        """,
        "image tag": "",
        "network connect": """
        alias=strings dry-run gw-priority=int ip=string ip6=string link-local-ip=strings mac-address=string
        """,
        "network create": """
        aux-address=map d,driver=string dry-run gateway=strings internal ip-range=strings ipv6 label=list \
        o,opt=map subnet=strings
        """,
        "network disconnect": """
        dry-run f,force
        """,
        "network inspect": """
        dry-run f,format=string
        """,
        "network ls": """
        dry-run f,filter=filter format=string no-trunc q,quiet
        """,
        "network prune": """
        dry-run filter=filter f,force
        """,
        "network rm": """
        dry-run f,force
        """,
        "system df": """
        format=string v,verbose
        """,
        "system prune": """
        a,all filter=stringArray f,force volumes
        """,
        "system start": """
        dry-run
        """,
        "system stop": """
        dry-run t,timeout=int
        """,
        "volume create": """
        d,driver=string dry-run label=list o,opt=map
        """,
        "volume inspect": """
        dry-run f,format=string
        """,
        "volume ls": """
        dry-run f,filter=filter format=string q,quiet
        """,
        "volume prune": """
        a,all dry-run filter=filter f,force
        """,
        "volume rm": """
        dry-run f,force
        """,
    ]
}
