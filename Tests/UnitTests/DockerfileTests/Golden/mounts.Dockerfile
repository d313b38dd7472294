FROM busybox
RUN --mount=target=. make
RUN --mount=type=bind,source=src,target=/src,rw --mount=type=tmpfs,target=/tmp,size=64m --network=host x
RUN --mount=type=cache,id=apt,target=/var/cache/apt,sharing=locked,mode=0755,uid=${UID},gid=0 apt update
RUN --mount=type=secret,id=token,env=TOKEN,required --mount=type=ssh,id=key,mode=0600 git clone
RUN --mount=type=bind,from=busybox,target="/with space",ro=true --security=insecure ls
