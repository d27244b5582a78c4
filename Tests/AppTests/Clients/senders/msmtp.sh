#!/usr/bin/env bash
# msmtp: msmtp.sh plain|starttls|tls PORT [CA]
set -euo pipefail

case $1 in
    plain) to=(--host=127.0.0.1) ;;
    starttls) to=(--host=localhost --tls=on --tls-starttls=on --tls-trust-file="$3") ;;
    tls) to=(--host=localhost --tls=on --tls-starttls=off --tls-trust-file="$3") ;;
esac
printf 'Subject: Hi\n\nHello.\n' |
    msmtp --file=/dev/null "${to[@]}" --port="$2" --from=me@example.org you@example.org
