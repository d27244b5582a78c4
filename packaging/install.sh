#!/usr/bin/env bash
# Installs what `make stage` has made, and removes it again: install.sh install STAGE|uninstall
#
# Where to, by the environment: DESTDIR is put before every path, PREFIX is /usr/local or /usr,
# ZSHDIR is where zsh looks for completions, INIT is the folder of init.d to take the script from.
set -euo pipefail
umask 022

action=$1
stage=${2:-}
root=${DESTDIR:-}
prefix=${PREFIX:-/usr/local}
share=$prefix/share
zsh=${ZSHDIR:-$share/zsh/site-functions}
init=${INIT:-debian-ubuntu}
units=$prefix/lib/systemd/system
examples=$share/doc/blackhole/examples
config=/etc/blackhole.conf

cd "$(dirname "$0")/.."

# The one list of what is installed: mode, source, place.
files() {
    cat <<LIST
755 $stage/blackhole $prefix/sbin/blackhole
644 $stage/blackhole.8 $share/man/man8/blackhole.8
644 $stage/blackhole.bash $share/bash-completion/completions/blackhole
644 $stage/blackhole.zsh $zsh/_blackhole
644 $stage/blackhole.fish $share/fish/vendor_completions.d/blackhole.fish
644 $stage/blackhole.example $examples/blackhole.conf
644 packaging/systemd/blackhole.service $units/blackhole.service
644 packaging/systemd/blackhole.socket $units/blackhole.socket
644 packaging/systemd/blackhole-smtps.socket $units/blackhole-smtps.socket
644 packaging/logrotate/blackhole /etc/logrotate.d/blackhole
755 init.d/$init/blackhole /etc/init.d/blackhole
LIST
}

install_all() {
    while read -r mode source place; do
        install -D --mode="$mode" "$source" "$root$place"
    done < <(files)
    sed -i "s|/usr/sbin/blackhole|$prefix/sbin/blackhole|" "$root$units/blackhole.service"
    [[ -e $root$config ]] || install -D --mode=644 "$stage/blackhole.conf" "$root$config"
    [[ -n $root ]] || advise
}

uninstall_all() {
    local is_unchanged=false
    if sed -f packaging/blackhole.conf.sed "$root$examples/blackhole.conf" |
        cmp --quiet - "$root$config"; then
        is_unchanged=true
    fi
    while read -r _ _ place; do
        rm -f "$root$place"
    done < <(files)
    # Ours alone; the other directories are everybody's.
    rmdir "$root$examples" "$root${examples%/*}" 2>/dev/null || true
    if $is_unchanged; then
        rm "$root$config"
    elif [[ -e $root$config ]]; then
        echo "$root$config stays, for it was changed."
    fi
}

advise() {
    cat <<ADVICE
Installed. What it serves as and logs to, once:

  adduser --system --group --no-create-home --home /nonexistent blackhole
  install -d -o blackhole -g adm -m 2750 /var/log/blackhole

Then $config says where it listens: on 127.0.0.1 only. Start it by one of

  systemctl daemon-reload && systemctl enable --now blackhole
  update-rc.d blackhole defaults && /etc/init.d/blackhole start
ADVICE
}

case $action in
    install) install_all ;;
    uninstall) uninstall_all ;;
    *)
        echo "install.sh: install or uninstall, not '$action'" >&2
        exit 64
        ;;
esac
