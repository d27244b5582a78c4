#!/bin/sh
# Runs every fuzz target for some seconds, and fails at the first find: Fuzz/smoke.sh SECONDS
set -eu

fuzz=$(dirname "$0")
for corpus in "$fuzz"/Corpus/*; do
    "$fuzz/run.sh" "$(basename "$corpus")" -max_total_time="${1:-30}" -print_final_stats=1
    # It is the same program for all of them.
    export FUZZ_BUILT=1
done
