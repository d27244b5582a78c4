#!/usr/bin/env bash
# What the init scripts of both families do and say, under dash and bash, with and without the
# distribution's functions, with the program that `make stage` has made.
set -euo pipefail
cd "$(dirname "$0")/../.."
source Tests/packaging/steps.sh

place=$(mktemp -d)
config=$place/blackhole.conf
mkdir "$place/sbin"
chmod 755 "$place"
cp .build-static/stage/blackhole "$place/sbin"
trap '"$place/sbin/blackhole" stop --conf="$config" >/dev/null 2>&1; rm -rf "$place"' EXIT

# Root's server has to become somebody.
if ((EUID == 0)); then account="user=nobody group=nogroup"; else
    account="user=$(id -un) group=$(id -gn)"
fi

configure() {
    cat > "$config" <<CONF
host=127.0.0.1 port=0 ssl=false pid=$place/run/pid log=$place/log
$account
\$(touch $place/executed)
CONF
    sed -i "${1:-/executed/d}" "$config"
}

# The script as it would be with its program, its configuration and its lock elsewhere.
adapt() {
    sed -E "s|^CONFIG=.*|CONFIG=$config|; s|^LOCK=.*|LOCK=$place/subsys/blackhole|
        s|^RUN=.*|RUN=$place/run|
        s|^for directory in .*; do|for directory in $place/sbin; do|; $2" \
        "init.d/$1/blackhole" > "$place/init"
}

script() { "$shell" "$place/init" "$@"; }

walk() {
    configure
    step "$name: status, not running" exits 3 script status
    step "$name: stop, not running" exits 0 script stop
    step "$name: try-restart, not running" exits 0 script try-restart
    step "$name: and it still does not run" exits 3 script status
    step "$name: reload, not running" exits 7 script reload
    step "$name: start" exits 0 script start
    step "$name: status, running" exits 0 script status
    step "$name: it takes in mail" mail "$(port "$place/log")"
    step "$name: start, running" exits 0 script start
    step "$name: reload" exits 0 script reload
    step "$name: force-reload" exits 0 script force-reload
    step "$name: restart" exits 0 script restart
    step "$name: try-restart" exits 0 script try-restart
    step "$name: status, running again" exits 0 script status
    step "$name: configtest" exits 0 script configtest
    step "$name: stop" exits 0 script stop
    step "$name: status, stopped" exits 3 script status
}

death() {
    step "$name: start, to be killed" exits 0 script start
    kill -KILL "$(cat "$place/run/pid")"
    step "$name: status, dead with its pid file left" eventually exits 1 script status
    step "$name: start, after that death" exits 0 script start
    step "$name: stop, after that death" exits 0 script stop
}

spoiled() {
    step "$name: start, its configuration still good" exits 0 script start
    echo "mode=bonce prot=25" >> "$config"
    step "$name: status, running, errors in the configuration" exits 0 script status
    step "$name: stop, errors in the configuration" exits 0 script stop
    step "$name: status, stopped, errors in the configuration" exits 3 script status
    configure
    sed -i "s|run/pid|run/blackhole.pid|" "$config"
    step "$name: start, with the pid file of an installed server" exits 0 script start
    rm "$config"
    step "$name: stop, its configuration gone" exits 0 script stop
    step "$name: status, its configuration gone" exits 3 script status
    configure
}

refusals() {
    step "$name: no action" exits 2 script
    step "$name: an unknown action" exits 2 script destroy
    configure p
    step "$name: configtest, an error in the configuration" exits 6 script configtest
    step "$name: status, an error in the configuration" exits 3 script status
    step "$name: start, an error in the configuration" exits 6 script start
    step "$name: nothing of the configuration is executed" test ! -e "$place/executed"
    rm "$config"
    step "$name: start, no configuration" exits 6 script start
    configure
    mv "$place/sbin/blackhole" "$place/elsewhere"
    step "$name: start, no program" exits 5 script start
    mv "$place/elsewhere" "$place/sbin/blackhole"
}

for family in debian-ubuntu redhat; do
    step "$family: it may be executed" test -x "init.d/$family/blackhole"
    for shell in dash bash; do
        name="$family, $shell"
        adapt "$family" ''
        step "$name: syntax" "$shell" -n "$place/init"
        walk
        death
        spoiled
        refusals
    done
    name="$family, no functions of the distribution"
    adapt "$family" 's#/lib/lsb/init-functions|/etc/rc.d/init.d/functions#/nowhere#'
    walk
done

mkdir "$place/subsys"
shell=bash
name=redhat
adapt redhat ''
step "$name: start" script start
step "$name: the lock is there" test -e "$place/subsys/blackhole"
step "$name: stop" script stop
step "$name: the lock is gone" test ! -e "$place/subsys/blackhole"
