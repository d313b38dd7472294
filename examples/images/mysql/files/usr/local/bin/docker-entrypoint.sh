#!/bin/bash
# Prepares an empty data directory as the MYSQL_… variables say, then becomes the server. Anything else is just run.
set -euo pipefail

datadir=/var/lib/mysql
socket=/run/mysqld/mysqld.sock
scripts=/docker-entrypoint-initdb.d

say() { printf '[entrypoint] %s\n' "$*"; }
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

# text VALUE: as a string of SQL.
text() {
    local value=$1
    value=${value//\\/\\\\}
    value=${value//\'/\'\'}
    printf "'%s'" "$value"
}

# identifier NAME: as a name of SQL.
identifier() { printf '`%s`' "${1//\`/\`\`}"; }

statements() {
    local root_password=$1 root_host=$2 database=$3 user=$4 password=$5
    echo "SET SESSION sql_log_bin = 0;"
    echo "DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host <> 'localhost');"
    echo "FLUSH PRIVILEGES;"
    if [[ -n $database ]]; then echo "CREATE DATABASE IF NOT EXISTS $(identifier "$database");"; fi
    if [[ -n $user ]]; then
        echo "CREATE USER IF NOT EXISTS $(text "$user")@'%' IDENTIFIED BY $(text "$password");"
        if [[ -n $database ]]; then
            # An underscore in a grant stands for any character, unless it is escaped.
            echo "GRANT ALL PRIVILEGES ON $(identifier "${database//_/\\_}").* TO $(text "$user")@'%';"
        fi
    fi
    if [[ $root_host != localhost ]]; then
        echo "CREATE USER IF NOT EXISTS 'root'@$(text "$root_host") IDENTIFIED BY $(text "$root_password");"
        echo "GRANT ALL PRIVILEGES ON *.* TO 'root'@$(text "$root_host") WITH GRANT OPTION;"
    fi
    echo "SET PASSWORD FOR 'root'@'localhost' = PASSWORD($(text "$root_password"));"
    echo "FLUSH PRIVILEGES;"
}

run_scripts() {
    local client=("$@") script
    for script in "$scripts"/*; do
        [[ -e $script ]] || continue
        say "running $script"
        case $script in
            *.sql) "${client[@]}" <"$script" ;;
            *.sql.gz) gzip -dc "$script" | "${client[@]}" ;;
            *.sql.xz) xz -dc "$script" | "${client[@]}" ;;
            *.sh)
                if [[ -x $script ]]; then
                    "$script"
                else
                    # shellcheck disable=SC1090
                    source "$script"
                fi
                ;;
            *) say "$script is neither a script nor SQL; left out" ;;
        esac
    done
}

initialize() {
    local root_password root_host database user password server
    root_password=$(setting MYSQL_ROOT_PASSWORD '')
    root_host=$(setting MYSQL_ROOT_HOST %)
    database=$(setting MYSQL_DATABASE '')
    user=$(setting MYSQL_USER '')
    password=$(setting MYSQL_PASSWORD '')
    if [[ -z $root_password && -n ${MYSQL_RANDOM_ROOT_PASSWORD-} ]]; then
        root_password=$(head -c 24 /dev/urandom | base64)
        say "the password of root is: $root_password"
    elif [[ -z $root_password && -z ${MYSQL_ALLOW_EMPTY_PASSWORD-} ]]; then
        fail "an empty data directory needs MYSQL_ROOT_PASSWORD, MYSQL_RANDOM_ROOT_PASSWORD or" \
            "MYSQL_ALLOW_EMPTY_PASSWORD"
    fi
    [[ $user != root ]] || fail "MYSQL_USER cannot be root, who is there already"
    [[ -z $user || -n $password ]] || fail "MYSQL_USER needs MYSQL_PASSWORD"

    say "making the data directory"
    mariadb-install-db --datadir="$datadir" --auth-root-authentication-method=normal --skip-test-db \
        --skip-name-resolve >/dev/null
    # Nobody outside can reach the server while it is being prepared.
    "$@" --skip-networking --socket="$socket" &
    server=$!
    until mariadb-admin --socket="$socket" --user=root --silent ping >/dev/null 2>&1; do
        kill -0 "$server" 2>/dev/null || fail "the server did not start"
        sleep 0.1
    done
    statements "$root_password" "$root_host" "$database" "$user" "$password" |
        mariadb --socket="$socket" --user=root
    export MYSQL_PWD=$root_password
    run_scripts mariadb --socket="$socket" --user=root ${database:+"$database"}
    unset MYSQL_PWD
    kill "$server"
    wait "$server" || fail "the server ended with an error while it was being prepared"
    say "the data directory is ready"
}

if [[ ${1-} == -* ]]; then set -- mysqld "$@"; fi
case ${1-} in
    mysqld | mariadbd)
        if ((EUID == 0)); then
            find "$datadir" /run/mysqld ! -user mysql -exec chown mysql:mysql {} +
            exec setpriv --reuid mysql --regid mysql --init-groups "${BASH_SOURCE[0]}" "$@"
        fi
        if [[ ! -d $datadir/mysql ]]; then initialize "$@"; fi
        ;;
esac
exec "$@"
