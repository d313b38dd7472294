FROM busybox
RUN echo "one   two" 'three'
RUN ["echo", "a\tbA", "ü\"\\"]
RUN [ "$X" = "a" ] && echo yes
RUN ["not json]
RUN [ -f /x ] || true
RUN --network=none --security=sandbox ["ls"]
RUN -- --not-an-option
CMD []
CMD [ ]
CMD ["a" , "b"]
ENTRYPOINT exec top -b
SHELL ["/bin/bash", "-eo", "pipefail", "-c"]
HEALTHCHECK NONE
healthcheck cmd ["curl", "-f", "http://localhost"]
HEALTHCHECK --interval=1.5h --start-interval=100ms CMD true
