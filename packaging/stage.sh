#!/usr/bin/env bash
# Makes what is installed beside the program, by asking the program: stage.sh DIRECTORY
set -euo pipefail

stage=$1
program=$stage/blackhole
here=$(dirname "$0")

for shell in bash zsh fish; do
    "$program" --generate-completion-script="$shell" > "$stage/blackhole.$shell"
done
"$here/man/page.py" "$program" < "$here/man/blackhole.8.in" > "$stage/blackhole.8"
"$program" example > "$stage/blackhole.example"
sed -f "$here/blackhole.conf.sed" "$stage/blackhole.example" > "$stage/blackhole.conf"
