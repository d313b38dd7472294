FROM busybox
RUN <<EOF
echo one
echo two \
  three
EOF
RUN <<-"EOT"
	echo tabs
		twice
	EOT
RUN cat <<A >/a && cat <<'B' >/b
in a $X
A
in b $X
B
RUN <<SCRIPT
#!/usr/bin/env python3
print("hi")
SCRIPT
COPY <<one.conf <<"two.conf" plain /etc/
value $X
one.conf
raw $X
two.conf
ADD --chown=1 <<-EOF /x
	indented
	# not a comment
EOF
RUN cat <<< "here string"
RUN echo $((1 << 2)) "<<EOF"
RUN ["echo", "<<EOF"]
RUN python3 - <<PY arg
import sys

print(sys.argv)
PY
CMD echo <<EOF
ONBUILD RUN <<EOF
later
EOF
