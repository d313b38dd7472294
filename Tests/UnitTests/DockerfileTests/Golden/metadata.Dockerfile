FROM scratch
ENV A=1 B="two words" C=three\ words D='single $A' E=
ENV LEGACY the  whole   rest "quoted"
ENV F=a=b G=${A:-x} "H I"=1
LABEL one.two=3 "key with space"="value" multi="line \
continued"
LABEL legacy label value
ARG ONE TWO=2 THREE="a b" FOUR=
VOLUME /data "/quoted"
VOLUME ["/a b", "/c"]
EXPOSE 80 443/tcp 53/udp 8000-8010 $PORT
USER  user:group  
WORKDIR /path with/space
STOPSIGNAL 9
MAINTAINER A Name <a@example.org>
