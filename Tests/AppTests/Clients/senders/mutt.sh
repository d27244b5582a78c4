#!/usr/bin/env bash
# mutt: mutt.sh plain|starttls|tls PORT [CA]
set -euo pipefail

case $1 in
    # Since version 2.0 it sends nothing in clear unless it is told to.
    plain) settings=("set smtp_url=smtp://127.0.0.1:$2" "unset ssl_force_tls") ;;
    starttls)
        settings=("set smtp_url=smtp://localhost:$2" "set ssl_force_tls certificate_file=$3") ;;
    tls) settings=("set smtp_url=smtps://localhost:$2" "set certificate_file=$3") ;;
esac
options=()
for setting in "${settings[@]}"; do options+=(-e "$setting"); done
echo "Hello." | mutt -n -F /dev/null -e 'set copy=no from=me@example.org use_envelope_from' \
    "${options[@]}" -s Hi you@example.org
