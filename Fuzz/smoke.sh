#!/bin/sh
# Runs every fuzz target for some seconds, and fails at the first find: Fuzz/smoke.sh SECONDS
set -eu

fuzz=$(dirname "$0")
for target in FuzzLineFraming FuzzDataDiscard FuzzCommand FuzzSASL FuzzSession FuzzTLS \
    FuzzStartTLS; do
    "$fuzz/run.sh" "$target" -max_total_time="${1:-30}" -print_final_stats=1
done
