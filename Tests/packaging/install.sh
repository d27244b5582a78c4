#!/usr/bin/env bash
# `make install` installs what it should, and `make uninstall` leaves nothing of it.
set -euo pipefail
cd "$(dirname "$0")/../.."
source Tests/packaging/steps.sh

root=$(mktemp -d)
scratch=$(mktemp -d)
trap 'rm -rf "$root" "$scratch"' EXIT
make() { command make --no-print-directory DESTDIR="$root" PREFIX=/usr/local INIT="$init" "$@"; }

expected() {
    cat <<'LIST'
644 etc/blackhole.conf
755 etc/init.d/blackhole
644 etc/logrotate.d/blackhole
644 usr/local/lib/systemd/system/blackhole-smtps.socket
644 usr/local/lib/systemd/system/blackhole.service
644 usr/local/lib/systemd/system/blackhole.socket
755 usr/local/sbin/blackhole
644 usr/local/share/bash-completion/completions/blackhole
644 usr/local/share/doc/blackhole/examples/blackhole.conf
644 usr/local/share/fish/vendor_completions.d/blackhole.fish
644 usr/local/share/man/man8/blackhole.8
644 usr/local/share/zsh/site-functions/_blackhole
LIST
}
installed() { find "$root" ! -type d -printf '%m %P\n' | sort -k2; }
is_complete() { diff <(expected | sort -k2) <(installed); }
is_empty() { [[ -z $(installed) ]] && [[ -z $(find "$root" -name '*blackhole*') ]]; }
# System libraries and the compiler's only, all of a plain Debian, and OpenSSL.
needs_no_swift() {
    ! ldd "$root/usr/local/sbin/blackhole" | grep -E 'not found|[Ss]wift|Foundation'
}
# What is looked up of libraries is so at the start and cannot be changed later; they come from the
# system's places only; and the program lies elsewhere in memory each time.
is_hardened() {
    local program=$root/usr/local/sbin/blackhole
    readelf --wide --segments "$program" | grep GNU_RELRO &&
        readelf --dynamic "$program" | grep -E 'FLAGS_1.* NOW.* PIE' &&
        ! readelf --dynamic "$program" | grep -E 'RPATH|RUNPATH'
}
# At most 1.4 of 10; what is left is the network, which it serves, and ports under 1024.
is_confined() {
    systemd-analyze security --offline=true --no-pager --threshold=14 \
        "$root/usr/local/lib/systemd/system/blackhole.service"
}
# At most 1.2 with systemd's sockets and the lines that the comment in blackhole.socket adds for them.
is_confined_with_sockets() {
    local units=$root/usr/local/lib/systemd/system
    { cat "$units/blackhole.service"; sed -n 's/^#   //p' "$units/blackhole.socket" |
        sed -n '/^\[Service\]/,$p'; } >"$scratch/blackhole.service"
    grep -q '^PrivateUsers=yes' "$scratch/blackhole.service" &&
        systemd-analyze security --offline=true --no-pager --threshold=12 \
            "$scratch/blackhole.service"
}
unit_names_program() {
    ! grep -v ^# "$root/usr/local/lib/systemd/system/blackhole.service" | grep /usr/sbin &&
        grep -q '^ExecStart=/usr/local/sbin/blackhole run' \
            "$root/usr/local/lib/systemd/system/blackhole.service"
}
page_is_clean() { [[ -z $(man --warnings --local-file "$1" 2>&1 >/dev/null) ]]; }

for init in debian-ubuntu redhat; do
    step "make install, init script of $init" make install
    step "the files are those expected" is_complete
    step "the init script is that of $init" \
        cmp "init.d/$init/blackhole" "$root/etc/init.d/blackhole"
    step "make uninstall" make uninstall
    step "nothing is left" is_empty
done

step "make install" make install
step "the program needs no Swift on the machine" needs_no_swift
step "the program is hardened: full RELRO, PIE, no RUNPATH" is_hardened
step "the systemd unit leaves the program little" is_confined
step "with systemd's sockets it leaves the program less" is_confined_with_sockets
step "the program runs" "$root/usr/local/sbin/blackhole" --version
step "the systemd unit names the program where it is" unit_names_program
step "the manual page has no warning" page_is_clean "$root/usr/local/share/man/man8/blackhole.8"
step "bash takes its completions" \
    bash -n "$root/usr/local/share/bash-completion/completions/blackhole"
step "the example is no error" "$root/usr/local/sbin/blackhole" check \
    --conf="$root/usr/local/share/doc/blackhole/examples/blackhole.conf"
step "the operator changes the configuration" sed -i '$a grace=5' "$root/etc/blackhole.conf"
step "make install again" make install
step "the change is still there" grep -q '^grace=5$' "$root/etc/blackhole.conf"
step "make uninstall" make uninstall
step "the changed configuration stays, and nothing else" \
    test "$(installed)" = "644 etc/blackhole.conf"
