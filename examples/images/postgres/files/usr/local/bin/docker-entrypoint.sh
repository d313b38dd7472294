#!/bin/bash
# Makes an empty PGDATA a database cluster as the POSTGRES_… variables say, then becomes the server. Anything else is
# just run.
set -euo pipefail

scripts=/docker-entrypoint-initdb.d

fail() {
    printf '[entrypoint] error: %s\n' "$*" >&2
    exit 1
}

# setting NAME DEFAULT: prints the variable, or the content of the file that NAME_FILE names, or the default.
setting() {
    local plain=${!1-} from=$1_FILE
    local path=${!from-}
    if [[ -n $path ]]; then
        [[ -z $plain ]] || fail "$1 and $from cannot both be set"
        [[ -r $path ]] || fail "$from: cannot read $path"
        plain=$(cat "$path")
    fi
    printf '%s' "${plain:-$2}"
}

initialize() {
    local password user database method options script
    password=$(setting POSTGRES_PASSWORD '')
    user=$(setting POSTGRES_USER postgres)
    database=$(setting POSTGRES_DB "$user")
    read -ra options <<<"$(setting POSTGRES_INITDB_ARGS '')"
    method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
    if [[ -z $password && $method != trust ]]; then
        fail "an empty data directory needs POSTGRES_PASSWORD (or POSTGRES_HOST_AUTH_METHOD=trust)"
    fi

    initdb --pgdata="$PGDATA" --username="$user" --pwfile=<(printf '%s\n' "$password") "${options[@]}"
    printf 'host all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"

    # Only reachable through its socket while it is being prepared.
    pg_ctl --pgdata="$PGDATA" --wait --options="-c listen_addresses=''" start
    local client=(psql --no-psqlrc --no-password --set=ON_ERROR_STOP=1 --username="$user")
    if [[ $database != postgres ]]; then
        printf 'CREATE DATABASE :"name";\n' | "${client[@]}" --dbname=postgres --set=name="$database"
    fi
    export POSTGRES_USER=$user POSTGRES_DB=$database PGUSER=$user PGDATABASE=$database
    for script in "$scripts"/*; do
        [[ -e $script ]] || continue
        printf '[entrypoint] running %s\n' "$script"
        case $script in
            *.sql) "${client[@]}" --file="$script" ;;
            *.sql.gz) gzip -dc "$script" | "${client[@]}" ;;
            *.sh)
                if [[ -x $script ]]; then
                    "$script"
                else
                    # shellcheck disable=SC1090
                    source "$script"
                fi
                ;;
            *) printf '[entrypoint] %s is neither a script nor SQL; left out\n' "$script" ;;
        esac
    done
    unset PGUSER PGDATABASE
    pg_ctl --pgdata="$PGDATA" --mode=fast --wait stop
    printf '[entrypoint] the data directory is ready\n'
}

if [[ ${1-} == -* ]]; then set -- postgres "$@"; fi
if [[ ${1-} == postgres ]]; then
    if ((EUID == 0)); then
        install -d -m 700 "$PGDATA"
        find "$PGDATA" /run/postgresql ! -user postgres -exec chown postgres:postgres {} +
        exec setpriv --reuid postgres --regid postgres --init-groups "${BASH_SOURCE[0]}" "$@"
    fi
    if [[ ! -s $PGDATA/PG_VERSION ]]; then initialize; fi
fi
exec "$@"
