#!/usr/bin/env bash
# talk.sh COMMAND...: gives a mail to a command, and the end of its input when it has told of the 221.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkfifo "$folder/input"
"$@" <"$folder/input" >"$folder/output" 2>&1 &
exec 3>"$folder/input"
lines=("EHLO me" "MAIL FROM:<me@example.org>" "RCPT TO:<you@example.org>" DATA
    "Subject: Hi" "" Hello. . QUIT)
printf '%s\r\n' "${lines[@]}" >&3
for ((count = 0; count < 1200; count++)); do
    grep -q '^221 ' "$folder/output" && break
    kill -0 $! 2>/dev/null || break
    sleep 0.05
done
exec 3>&-
wait $! || { code=$?; cat "$folder/output"; exit $code; }
cat "$folder/output"
grep -q '^221 ' "$folder/output"
