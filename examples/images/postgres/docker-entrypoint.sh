#!/bin/bash
# Runs PostgreSQL as user postgres. In an empty data folder it first sets up what the environment describes.
set -euo pipefail
# While this file is there the folder holds nothing but the beginnings of a set-up that was cut off.
unfinished=$PGDATA/.set-up-unfinished

say() { printf 'entrypoint: %s\n' "$*"; }
fail() { say "$*" >&2; exit 1; }

# setting NAME [DEFAULT]: exports NAME; its value may stand in the file that NAME_FILE names
setting() {
    local value=${!1:-} file=$1_FILE
    if [[ -n ${!file:-} ]]; then
        [[ -z $value ]] || fail "$1 and $file are both set: one of them must go"
        value=$(<"${!file}")
    fi
    export "$1=${value:-${2:-}}"
}

sql() { psql --no-psqlrc --no-password --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" "$@"; }

make_cluster() {
    local arguments=()
    # The variable holds words as for a shell, for example: --data-checksums --locale='de_DE.UTF-8'
    eval "arguments=($POSTGRES_INITDB_ARGS)"
    [[ -z ${POSTGRES_INITDB_WALDIR:-} ]] || arguments+=(--waldir "$POSTGRES_INITDB_WALDIR")
    initdb --username "$POSTGRES_USER" --pwfile <(printf '%s\n' "$POSTGRES_PASSWORD") "${arguments[@]}"
    printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
}

run_scripts() {
    local file
    for file in /docker-entrypoint-initdb.d/*; do
        [[ -e $file ]] || continue
        say "running $file"
        # shellcheck source=/dev/null
        case $file in
        *.sql) sql --dbname "$POSTGRES_DB" --file "$file" ;;
        *.sql.gz) gzip -dc "$file" | sql --dbname "$POSTGRES_DB" ;;
        *.sql.xz) xz -dc "$file" | sql --dbname "$POSTGRES_DB" ;;
        *.sh) if [[ -x $file ]]; then "$file"; else . "$file"; fi ;;
        *) say "ignored: $file is no .sh, .sql, .sql.gz or .sql.xz" ;;
        esac
    done
}

set_up() {
    setting POSTGRES_PASSWORD
    setting POSTGRES_USER postgres
    setting POSTGRES_DB "$POSTGRES_USER"
    setting POSTGRES_INITDB_ARGS
    if [[ -z $POSTGRES_PASSWORD && ${POSTGRES_HOST_AUTH_METHOD:-} != trust ]]; then
        fail 'the database is empty, and nothing says which password its user shall have: set POSTGRES_PASSWORD,' \
            'or POSTGRES_HOST_AUTH_METHOD=trust to let everybody in without one'
    fi
    [[ ! -e $unfinished ]] || find "$PGDATA" -mindepth 1 -delete
    # initdb wants an empty folder, so the mark is made after it; without PG_VERSION it starts anew by itself.
    make_cluster
    : >"$unfinished"
    # No other container must take this server for the real one: it listens on its socket only.
    PGUSER=$POSTGRES_USER pg_ctl --wait start --options "-c listen_addresses=''"
    if [[ $POSTGRES_DB != postgres ]]; then
        sql --dbname postgres --set name="$POSTGRES_DB" <<<'CREATE DATABASE :"name";'
    fi
    run_scripts
    PGUSER=$POSTGRES_USER pg_ctl --wait stop --mode fast
    rm "$unfinished"
    say 'the database is set up'
}

[[ ${1:-} != -* ]] || set -- postgres "$@"
if [[ ${1:-} == postgres ]] && [[ " $* " != *' --help '* && " $* " != *' --version '* ]]; then
    if ((EUID == 0)); then
        mkdir -p "$PGDATA"
        chmod 700 "$PGDATA"
        find "$PGDATA" /run/postgresql ! -user postgres -exec chown postgres:postgres {} +
        exec setpriv --reuid postgres --regid postgres --init-groups "$0" "$@"
    fi
    [[ -s $PGDATA/PG_VERSION && ! -e $unfinished ]] || set_up
fi
exec "$@"
