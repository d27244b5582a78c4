#!/usr/bin/env bash
# curl: curl.sh plain|starttls|tls PORT [CA]
set -euo pipefail

case $1 in
    plain) to=("smtp://127.0.0.1:$2") ;;
    starttls) to=("smtp://localhost:$2" --ssl-reqd --cacert "$3") ;;
    tls) to=("smtps://localhost:$2" --cacert "$3") ;;
esac
printf 'Subject: Hi\r\n\r\nHello.\r\n' | curl --silent --show-error "${to[@]}" \
    --mail-from me@example.org --mail-rcpt you@example.org --upload-file -
