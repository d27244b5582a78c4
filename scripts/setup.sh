#!/usr/bin/env bash
# Installs the Debian packages that are missing from the groups named: build, test, senders, bench,
# docs, console, package, install. Asks apt nothing when nothing is missing.
set -euo pipefail

declare -A groups=(
    [build]="libssl-dev zlib1g-dev"
    [test]="swaks msmtp postfix curl strace python3 python3-venv python3-h11 gcc libc6-dev openssl \
        gnutls-bin sslscan libnet-ssleay-perl passwd util-linux mount procps valgrind \
        libpython3.11-testsuite golang-github-jhillyerd-enmime-dev"
    [senders]="node-nodemailer libphp-phpmailer php-symfony-mailer php-cli ruby ruby-mail \
        python3-aiosmtplib python3-django python3-flask-mail golang-go default-jdk-headless \
        libmail-java mutt"
    [bench]="postfix strace valgrind gcc libc6-dev binutils openssl python3 python3-venv"
    [docs]="python3"
    [console]="chromium chromium-driver python3-selenium python3-pil prometheus python3-venv"
    [package]="binutils dpkg-dev python3"
    [install]="adduser binutils logrotate man-db procps systemd"
)

fail() {
    echo "setup: $*" >&2
    exit 1
}

is_installed() {
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>&1) == installed ]]
}

[[ $# -gt 0 ]] || fail "name a group of packages: ${!groups[*]}"
command -v swift >/dev/null || fail "Swift 6.3 is missing: see https://swift.org/install"
for group in "$@"; do
    [[ -v "groups[$group]" ]] || fail "there is no group '$group', only: ${!groups[*]}"
done
if ! command -v dpkg-query >/dev/null; then
    echo "setup: this is not Debian; these have to be there: ${groups[*]}" >&2
    exit 0
fi

missing=()
for group in "$@"; do
    for package in ${groups[$group]}; do
        is_installed "$package" || missing+=("$package")
    done
done
((${#missing[@]})) || exit 0

as_root=()
if ((EUID != 0)); then
    command -v sudo >/dev/null && as_root=(sudo) ||
        fail "as root, please run: apt-get install --no-install-recommends ${missing[*]}"
fi

# `--no-remove`: where another mail server is installed, it is not thrown out for Postfix's tools.
install() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --quiet --no-install-recommends --no-remove "${missing[@]}"
}

echo "setup: installing ${missing[*]}"
if [[ " ${missing[*]} " == *" postfix "* ]]; then
    # Only its test tools are wanted: without a configuration, Postfix's service does not start.
    echo "postfix postfix/main_mailer_type select No configuration" |
        "${as_root[@]}" debconf-set-selections
fi
install || { "${as_root[@]}" apt-get update --quiet && install; } ||
    fail "apt could not: install ${missing[*]} by hand and try again"
