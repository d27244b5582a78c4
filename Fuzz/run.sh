#!/bin/sh
# Builds a fuzz target and runs it: Fuzz/run.sh TARGET [libFuzzer's own arguments]
#
# Without a file or folder among the arguments the target fuzzes, from the seeds in Corpus/ and
# what earlier runs have found; what it finds goes to the scratch folder. With files it runs these.
set -eu

fuzz=$(cd "$(dirname "$0")" && pwd)
scratch=${FUZZ_SCRATCH:-$(dirname "$fuzz")/.build-fuzz}
target=${1:?"usage: $0 TARGET [libFuzzer arguments]"}
shift

# The package manager looks for new files in its own package only, unless that was touched.
touch "$fuzz/Package.swift"
# Optimised, but with the assertions: they are properties too. Of the package manager's two sanitize
# flags the compiler heeds the last alone, so that coverage has to be asked for by name.
# Comparisons are not traced: the dictionary has the words, and it would cost half the speed.
swift build --package-path "$fuzz" --scratch-path "$scratch" -c release --product "$target" \
    --sanitize=fuzzer --sanitize=address -Xswiftc -assert-config -Xswiftc Debug \
    -Xswiftc -sanitize-coverage=edge,inline-8bit-counters,pc-table >&2
program=$(swift build --package-path "$fuzz" --scratch-path "$scratch" -c release --show-bin-path \
    --sanitize=fuzzer --sanitize=address)/$target

takes_own_inputs=false
for argument; do
    case $argument in -*) ;; *) takes_own_inputs=true ;; esac
done
finds=$scratch/finds/$target
corpus=$scratch/corpus/$target
mkdir -p "$finds" "$corpus"
set -- -max_len=400 -dict="$fuzz/smtp.dict" -artifact_prefix="$finds/" "$@"
$takes_own_inputs || set -- "$@" "$corpus" "$fuzz/Corpus/$target" "$fuzz/Crashes/$target"

# Less memory to walk through than by default. Swift's own backtracer hangs under this sanitizer.
export ASAN_OPTIONS="quarantine_size_mb=16:malloc_context_size=8:${ASAN_OPTIONS:-}"
SWIFT_BACKTRACE=enable=no exec "$program" "$@"
