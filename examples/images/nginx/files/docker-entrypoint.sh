#!/bin/sh
# Before nginx: fills the variables of the environment into /etc/nginx/templates, and runs the scripts of
# /docker-entrypoint.d. Anything else is just run.
set -eu

fill_templates() {
    names=$(env | grep -E '^[A-Za-z_][A-Za-z0-9_]*=' | cut -d= -f1 | sed 's/.*/${&}/' | tr '\n' ' ')
    for template in /etc/nginx/templates/*.template; do
        [ -e "$template" ] || continue
        result=/etc/nginx/conf.d/$(basename "$template" .template)
        envsubst "$names" <"$template" >"$result"
    done
}

case ${1-} in
    nginx | nginx-debug)
        fill_templates
        for script in /docker-entrypoint.d/*.sh; do
            if [ -x "$script" ]; then "$script"; fi
        done
        ;;
esac
exec "$@"
