FROM busybox
ONBUILD COPY . /app
ONBUILD   RUN --mount=type=cache,target=/c \
    make
onbuild env A=$B
