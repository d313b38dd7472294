#!/bin/sh
# Runs redis-server as the user redis, also when only its options or a file are given. Anything else is just run.
set -eu

case ${1-} in
    -* | *.conf) set -- redis-server "$@" ;;
esac
if [ "${1-}" = redis-server ]; then
    # Other containers connect from other addresses and without a password.
    set -- "$@" --protected-mode no
    if [ "$(id -u)" -eq 0 ]; then
        find . ! -user redis -exec chown redis:redis {} +
        exec setpriv --reuid redis --regid redis --clear-groups "$@"
    fi
fi
exec "$@"
