# check=skip=JSONArgsRecommended
ARG TAG
ARG DB_PASSWORD=x
From busybox:${TAG} as Build
maintainer someone
WORKDIR relative
ENV OLD style value
ENV API_KEY=1 PUBLIC_KEY=2
RUN echo \

  one
CMD echo hi
CMD echo again
FROM --platform=linux/amd64 ${UNKNOWN}
FROM --platform=$TARGETPLATFORM busybox AS build
EXPOSE 80/TCP 127.0.0.1:80:80
FROM build AS scratch
WORKDIR /a
WORKDIR b
