#!/usr/bin/env bash
# swaks: swaks.sh plain|starttls|tls PORT [CA]
set -euo pipefail

case $1 in
    plain) to=(--server 127.0.0.1) ;;
    starttls) to=(--server localhost --tls --tls-verify --tls-ca-path "$3") ;;
    tls) to=(--server localhost --tlsc --tls-verify --tls-ca-path "$3") ;;
esac
swaks "${to[@]}" --port "$2" --from me@example.org --to you@example.org
