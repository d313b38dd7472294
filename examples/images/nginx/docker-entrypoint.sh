#!/bin/sh
# Before nginx starts: writes conf.d/NAME from templates/NAME.template with the environment's values, and runs the
# scripts in /docker-entrypoint.d in the order of their names (.envsh: within this shell, so they can set variables).
set -eu

fill_templates() {
    from=${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}
    to=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}
    ending=${NGINX_ENVSUBST_TEMPLATE_SUFFIX:-.template}
    [ -d "$from" ] || return 0
    # Only what is set is replaced: $host and the like are nginx's own variables.
    names=$(awk 'BEGIN { for (name in ENVIRON) if (name ~ /^[A-Za-z_][A-Za-z0-9_]*$/) printf "${%s} ", name }')
    find "$from" -follow -type f -name "*$ending" | while IFS= read -r template; do
        target=$to/${template#"$from"/}
        target=${target%"$ending"}
        mkdir -p "$(dirname "$target")"
        envsubst "$names" <"$template" >"$target"
    done
}

if [ "${1:-}" = nginx ] || [ "${1:-}" = nginx-debug ]; then
    fill_templates
    for script in /docker-entrypoint.d/*; do
        [ -x "$script" ] || continue
        # shellcheck source=/dev/null
        case $script in
        *.envsh) . "$script" ;;
        *.sh) "$script" ;;
        esac
    done
fi
exec "$@"
