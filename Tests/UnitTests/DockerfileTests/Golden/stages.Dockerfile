ARG VERSION=1
ARG UNUSED
from busybox:$VERSION as one
run a
from one as two
from scratch
copy --from=one /a /b
