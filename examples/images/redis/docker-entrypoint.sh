#!/bin/sh
# Runs redis-server as user redis, other commands as they are.
set -eu

# Options or a configuration file alone are meant for the server.
case ${1:-} in
-* | *.conf) set -- redis-server "$@" ;;
esac
if [ "${1:-}" = redis-server ]; then
    # Other containers of the network may connect without a password; who wants one gives --requirepass.
    set -- "$@" --protected-mode no
    umask 077
    if [ "$(id -u)" = 0 ]; then
        find . ! -user redis -exec chown redis:redis {} +
        exec setpriv --reuid redis --regid redis --init-groups "$@"
    fi
fi
exec "$@"
