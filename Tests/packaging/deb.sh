#!/usr/bin/env bash
# The life of the Debian package that `make deb` has made: installed, used, removed without a trace.
# Needs root on a Debian to throw away, without systemd: a container, as CI has it.
set -euo pipefail
cd "$(dirname "$0")/../.."
source Tests/packaging/steps.sh

config=/etc/blackhole.conf
log=/var/log/blackhole/blackhole.log
pid_file=/run/blackhole/blackhole.pid
# Containers have it to forbid that packages start and stop services, which is what is tested.
policy=/usr/sbin/policy-rc.d
export DEBIAN_FRONTEND=noninteractive
# What invoke-rc.d asks runlevel(8) for: without an init there is none, and nothing would start.
export RUNLEVEL=2 PREVLEVEL=N

traces() { find /etc /run /usr /var -name '*blackhole*' 2>/dev/null | sort; }
refuse() {
    echo "deb.sh: $*" >&2
    exit 77
}

((EUID == 0)) || refuse "installs a package: start it as root, on a machine to throw away"
[[ ! -d /run/systemd/system ]] || refuse "tests the init script: systemd would take its place"
! dpkg-query --show blackhole >/dev/null 2>&1 || refuse "there is a package blackhole here already"
for path in "$config" /etc/init.d/blackhole /usr/sbin/blackhole "$pid_file"; do
    [[ ! -e $path ]] || refuse "there is a $path here already, which is not this test's to remove"
done
! getent passwd blackhole >/dev/null || refuse "there is a user blackhole here already"
packages=(.build-deb/blackhole_*_"$(dpkg --print-architecture)".deb)
[[ ${#packages[@]} == 1 && -e ${packages[0]} ]] || refuse "make deb makes the package; do that"

before=$(traces)
occupant=
cleanup() {
    [[ -z $occupant ]] || kill "$occupant" 2>/dev/null || true
    dpkg --purge blackhole >/dev/null 2>&1 || true
    [[ ! -e $policy.aside ]] || mv "$policy.aside" "$policy"
}
trap cleanup EXIT

# Holds port 25, unless somebody does already.
occupy() {
    python3 -c '
import socket, time
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", 25))
listener.listen()
time.sleep(600)' 2>/dev/null &
    occupant=$!
}
port_25_is_taken() { (: < /dev/tcp/127.0.0.1/25) 2>/dev/null; }
init() { /etc/init.d/blackhole "$@"; }
server() { cat "$pid_file"; }
# field NAME: of the server's process, as /proc has it.
field() { sed -n "s/^$1:\s*//p" "/proc/$(server)/status" | xargs; }
is_unprivileged() {
    local uid gid
    uid=$(id -u blackhole) gid=$(getent group blackhole | cut -d: -f3)
    [[ $(field Uid) == "$uid $uid $uid $uid" ]] &&
        [[ $(field Gid) == "$gid $gid $gid $gid" ]] &&
        [[ $(field Groups) =~ ^($gid)?$ ]] &&
        [[ $(field CapEff) == 0000000000000000 ]]
}
owner() { stat --format='%U:%G %a' "$1"; }
# The log in use is a new file, which the server has opened.
is_reopened() {
    find "/proc/$(server)/fd" -lname "$log" | grep -q . && [[ ! $log -ef $log.1 ]]
}
# A zombie counts as dead: nobody waits for orphans in a container without an init.
is_dead() { [[ ! -e /proc/$1/exe ]]; }
is_untraced() {
    [[ $(traces | tee /dev/stderr) == "$before" ]] && ! dpkg-query --show blackhole &&
        ! getent passwd blackhole && ! getent group blackhole
}

[[ ! -e $policy ]] || mv "$policy" "$policy.aside"
occupy
step "another server has port 25" eventually port_25_is_taken
step "the package is installed nevertheless" dpkg --install "${packages[0]}"
step "status: not running" exits 3 init status
kill "$occupant" || true
occupant=

step "the log's directory is the server's" \
    test "$(owner /var/log/blackhole)" = "blackhole:adm 2750"
step "the server would listen on this machine's own address" \
    grep -q '^host=127\.0\.0\.1$' "$config"
step "the ports are set to any that are free" sed -i '$a port=0\nssl_port=0' "$config"
step "configtest" init configtest
step "start" init start
step "status: running" init status
step "user and group are blackhole, and nothing more" is_unprivileged
step "the log is the server's" test "$(stat --format=%U "$log")" = blackhole
step "it takes in a message" mail "$(port "$log")"
step "reload" init reload
step "status: still running" init status
step "logrotate turns the log over" logrotate --force /etc/logrotate.d/blackhole
step "the old log is there" test -s "$log.1"
step "the server has opened the new one" eventually is_reopened
first=$(server)
step "restart" init restart
step "another process serves" test "$(server)" != "$first"
step "the first is gone" is_dead "$first"
step "it takes in a message" mail "$(port "$log")"
last=$(server)
step "stop" init stop
step "status: stopped" exits 3 init status
step "the process is gone" is_dead "$last"

step "start" init start
first=$(server)
step "the package is installed over itself while it runs" dpkg --install "${packages[0]}"
step "status: running" init status
last=$(server)
if command -v runlevel >/dev/null; then
    step "another process serves" test "$last" != "$first"
fi
step "the configuration gets an error" sed -i '$a mode=bonce' "$config"
step "the package is removed while it runs" dpkg --remove blackhole
step "the process is gone" is_dead "$last"
step "its configuration is still there" test -e "$config"
step "the init script says that the program is gone" exits 5 init start
step "the package is purged" dpkg --purge blackhole
step "nothing is left: no file, no user, no group" is_untraced
