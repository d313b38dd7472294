# escape=`
FROM busybox
ENV DIR=C:\windows `
    OTHER="a`"b"
RUN echo one `
  two
COPY a.txt C:\\dir\\
LABEL path="C:\new"
