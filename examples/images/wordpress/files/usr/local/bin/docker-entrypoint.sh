#!/bin/bash
# Puts WordPress into an empty web folder, with settings that come from WORDPRESS_… variables; then runs its arguments.
set -euo pipefail

source=/usr/src/wordpress

install_site() {
    local owner=www-data
    if ((EUID != 0)); then owner=$(id -u):$(id -g); fi
    if [[ ! -e index.php && ! -e wp-includes/version.php ]]; then
        echo "[entrypoint] copying WordPress to $PWD" >&2
        cp -a "$source/." .
        if [[ $owner != www-data ]]; then chown -R "$owner" . 2>/dev/null || true; fi
    fi
    if [[ ! -s wp-config.php ]]; then
        echo "[entrypoint] writing wp-config.php" >&2
        # The secrets differ from site to site and stay the same in one.
        while IFS= read -r line; do
            while [[ $line == *@SECRET@* ]]; do
                line=${line/@SECRET@/$(head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n')}
            done
            printf '%s\n' "$line"
        done <"$source/wp-config-container.php" >wp-config.php
        if ((EUID == 0)); then chown www-data:www-data wp-config.php; fi
    fi
}

case ${1-} in
    apache2*) install_site ;;
esac
exec "$@"
