FROM busybox AS base
FROM busybox
COPY a b /dir/
COPY ["with space", "other file", "/dir with space/"]
COPY --from=base --link --chmod=0644 --chown=1000:1000 /x /y
COPY --chmod=u=rwX,go=rX --parents --exclude=*.md --exclude=**/tmp ./a/./b c/ /out/
ADD https://example.org/a.tgz /a/
ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d --unpack=true https://example.org/b.tgz /b
ADD --keep-git-dir=true https://github.com/a/b.git#v1 /src
COPY --link=false [ab]*.txt /t/
COPY --from=ghcr.io/x/y:1 /bin/y /bin/
