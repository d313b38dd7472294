#!/bin/bash
# Before Apache starts: puts WordPress into the current folder if none is there, and a configuration that reads the
# environment at every request. Only its keys are fixed then: they are made up here, once.
set -euo pipefail
source=/usr/src/wordpress

say() { echo "entrypoint: $*" >&2; }

copy_files() {
    # The configuration is the mark that all is there: it comes last.
    say "copying WordPress to $PWD"
    tar -C "$source" --exclude=./wp-config-docker.php --owner="$owner" --group="$group" -cf - . |
        tar --no-overwrite-dir -xpf -
}

write_configuration() {
    say "writing $PWD/wp-config.php"
    local line
    while IFS= read -r line; do
        [[ $line != *@RANDOM@* ]] || line=${line/@RANDOM@/$(head -c 48 /dev/urandom | base64 --wrap=0)}
        printf '%s\n' "$line"
    done <"$source/wp-config-docker.php" >.wp-config.new
    ((EUID)) || chown "$owner:$group" .wp-config.new
    chmod 640 .wp-config.new
    mv .wp-config.new wp-config.php
}

if [[ ${1:-} == apache2* ]]; then
    owner=$(id -u) group=$(id -g)
    ((EUID)) || owner=www-data group=www-data
    [[ -e wp-includes/version.php && (-s wp-config.php || -e index.php) ]] || copy_files
    [[ -s wp-config.php ]] || write_configuration
fi
exec "$@"
