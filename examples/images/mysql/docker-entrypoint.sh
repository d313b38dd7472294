#!/bin/bash
# Runs MariaDB as user mysql. In an empty data folder it first sets up what the environment describes.
set -euo pipefail
folder=/var/lib/mysql
# While this file is there the folder holds nothing but the beginnings of a set-up that was cut off.
unfinished=$folder/.set-up-unfinished

say() { printf '%(%FT%TZ)T entrypoint: %s\n' -1 "$*"; }
fail() { say "$*" >&2; exit 1; }

# setting NAME: exports NAME, empty if unset; its value may stand in the file that NAME_FILE names
setting() {
    local value=${!1:-} file=$1_FILE
    if [[ -n ${!file:-} ]]; then
        [[ -z $value ]] || fail "$1 and $file are both set: one of them must go"
        value=$(<"${!file}")
    fi
    export "$1=$value"
}

# text VALUE, name VALUE: as they are written in SQL
text() { local s=${1//\\/\\\\}; printf "'%s'" "${s//\'/\'\'}"; }
name() { printf '`%s`' "${1//\`/\`\`}"; }

# Root's password is not set until all else is there; then it is needed to stop the server.
password=
sql() { MYSQL_PWD=$password mysql --protocol=socket --user=root "$@"; }

accounts() {
    echo "DELETE FROM mysql.global_priv WHERE User IN ('', 'root') AND Host <> 'localhost'; FLUSH PRIVILEGES;"
    if [[ -n $MYSQL_DATABASE ]]; then
        echo "CREATE DATABASE IF NOT EXISTS $(name "$MYSQL_DATABASE");"
    fi
    if [[ -n $MYSQL_USER ]]; then
        echo "CREATE USER $(text "$MYSQL_USER")@'%' IDENTIFIED BY $(text "$MYSQL_PASSWORD");"
        # In the name of a grant "_" and "%" stand for any character unless escaped.
        local pattern=${MYSQL_DATABASE//_/\\_}
        [[ -z $pattern ]] || echo "GRANT ALL ON $(name "${pattern//%/\\%}").* TO $(text "$MYSQL_USER")@'%';"
    fi
    local root host=${MYSQL_ROOT_HOST:-%} end=
    root=$(text "$MYSQL_ROOT_PASSWORD")
    [[ -z ${MYSQL_ONETIME_PASSWORD:-} ]] || end='PASSWORD EXPIRE'
    if [[ $host != localhost ]]; then
        echo "CREATE USER 'root'@$(text "$host") IDENTIFIED BY $root $end;"
        echo "GRANT ALL ON *.* TO 'root'@$(text "$host") WITH GRANT OPTION;"
    fi
    echo "ALTER USER 'root'@'localhost' IDENTIFIED BY $root;"
}

run_scripts() {
    local file database=()
    [[ -z $MYSQL_DATABASE ]] || database=("$MYSQL_DATABASE")
    for file in /docker-entrypoint-initdb.d/*; do
        [[ -e $file ]] || continue
        say "running $file"
        # shellcheck source=/dev/null
        case $file in
        *.sql) sql "${database[@]}" <"$file" ;;
        *.sql.gz) gzip -dc "$file" | sql "${database[@]}" ;;
        *.sql.xz) xz -dc "$file" | sql "${database[@]}" ;;
        *.sh) if [[ -x $file ]]; then "$file"; else . "$file"; fi ;;
        *) say "ignored: $file is no .sh, .sql, .sql.gz or .sql.xz" ;;
        esac
    done
}

check_settings() {
    local variable
    for variable in MYSQL_{ROOT_PASSWORD,ROOT_HOST,DATABASE,USER,PASSWORD}; do setting "$variable"; done
    [[ $MYSQL_USER != root ]] || fail 'MYSQL_USER is root, who is there anyway: MYSQL_ROOT_PASSWORD sets the password'
    [[ -z $MYSQL_USER || -n $MYSQL_PASSWORD ]] || fail 'MYSQL_USER needs MYSQL_PASSWORD'
    [[ -z $MYSQL_PASSWORD || -n $MYSQL_USER ]] || fail 'MYSQL_PASSWORD needs MYSQL_USER'
    if [[ -n ${MYSQL_RANDOM_ROOT_PASSWORD:-} ]]; then
        MYSQL_ROOT_PASSWORD=$(head -c 24 /dev/urandom | base64 --wrap=0 | tr +/ -_)
        say "the password of root is $MYSQL_ROOT_PASSWORD"
    elif [[ -z $MYSQL_ROOT_PASSWORD && -z ${MYSQL_ALLOW_EMPTY_PASSWORD:-} ]]; then
        fail 'the database is empty, and nothing says which password root shall have: set MYSQL_ROOT_PASSWORD,' \
            'MYSQL_RANDOM_ROOT_PASSWORD or MYSQL_ALLOW_EMPTY_PASSWORD'
    fi
}

set_up() {
    check_settings
    [[ ! -e $unfinished ]] || find "$folder" -mindepth 1 -delete
    : >"$unfinished"
    say 'setting up an empty database'
    mariadb-install-db --datadir="$folder" --auth-root-authentication-method=normal --skip-test-db \
        --skip-name-resolve >/dev/null
    # No other container must take this server for the real one: it listens on its socket only.
    "$@" --skip-networking &
    local server=$!
    until sql -e 'SELECT 1' >/dev/null 2>&1; do
        kill -0 "$server" 2>/dev/null || fail 'the server did not start'
        sleep 0.1
    done
    accounts | sql
    password=$MYSQL_ROOT_PASSWORD
    run_scripts
    kill "$server"
    wait "$server"
    rm "$unfinished"
    say 'the database is set up'
}

[[ ${1:-} != -* ]] || set -- mysqld "$@"
if [[ ${1:-} == mysqld || ${1:-} == mariadbd ]] && [[ " $* " != *' --help '* && " $* " != *' --version '* ]]; then
    if ((EUID == 0)); then
        find "$folder" /run/mysqld ! -user mysql -exec chown mysql:mysql {} +
        exec setpriv --reuid mysql --regid mysql --init-groups "$0" "$@"
    fi
    [[ -d $folder/mysql && ! -e $unfinished ]] || set_up "$@"
fi
exec "$@"
