# syntax=x
FROM busybox
RUN a \
  b
COPY <<EOF /x
line
EOF
ENV A=b
