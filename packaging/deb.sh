#!/usr/bin/env bash
# Makes the Debian package of what `make stage` has made: deb.sh STAGE OUT
set -euo pipefail
umask 022

stage=$(realpath "$1")
out=$2
cd "$(dirname "$0")/.."

version=$("$stage/blackhole" --version | cut -d' ' -f2)
architecture=$(dpkg --print-architecture)
email=${DEBEMAIL:-$(git log -1 --format=%ae 2>/dev/null || echo root@localhost)}
maintainer="${DEBFULLNAME:-The blackhole authors} <$email>"
date=$(date --rfc-email --utc --date="@$SOURCE_DATE_EPOCH")

rm -rf "$out"
mkdir -p "$out/root/DEBIAN" "$out/shlibs/debian"
root=$(realpath "$out/root")
doc=$root/usr/share/doc/blackhole

DESTDIR=$root PREFIX=/usr ZSHDIR=/usr/share/zsh/vendor-completions INIT=debian-ubuntu \
    packaging/install.sh install "$stage"
{ cat packaging/debian/copyright && sed '1,4d; s/^$/./; s/^/ /' LICENSE; } > "$doc/copyright"
sed "s|@VERSION@|$version|; s|@MAINTAINER@|$maintainer|; s|@DATE@|$date|" \
    packaging/debian/changelog | gzip -9n > "$doc/changelog.gz"
gzip -9n < CHANGELOG.md > "$doc/CHANGELOG.md.gz"
gzip -9n "$root/usr/share/man/man8/blackhole.8"

# Which packages have the libraries that the program is linked to; dpkg-shlibdeps wants to be asked
# from the folder of a source package.
printf 'Source: blackhole\n' > "$out/shlibs/debian/control"
depends=$(cd "$out/shlibs" && dpkg-shlibdeps -O "$root/usr/sbin/blackhole" |
    sed -n 's/^shlibs:Depends=//p')
size=$(du -k --summarize --apparent-size --exclude=DEBIAN "$root" | cut -f1)

sed "s|@VERSION@|$version|; s|@ARCHITECTURE@|$architecture|; s|@MAINTAINER@|$maintainer|
    s|@DEPENDS@|$depends|; s|@SIZE@|$size|" packaging/debian/control > "$root/DEBIAN/control"
install --mode=755 packaging/debian/{postinst,prerm,postrm} "$root/DEBIAN"
find "$root/etc" -type f -printf '/etc/%P\n' | sort > "$root/DEBIAN/conffiles"
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) > "$root/DEBIAN/md5sums"

package=$out/blackhole_${version}_$architecture.deb
dpkg-deb --root-owner-group --build "$root" "$package"
