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
# flags the compiler heeds the last alone, so that coverage would be lost: it gets one for both.
swift build --package-path "$fuzz" --scratch-path "$scratch" -c release --product "$target" \
    --sanitize=fuzzer --sanitize=address -Xswiftc -assert-config -Xswiftc Debug \
    -Xswiftc -sanitize=fuzzer,address >&2
program=$(swift build --package-path "$fuzz" --scratch-path "$scratch" -c release --show-bin-path \
    --sanitize=fuzzer --sanitize=address)/$target

takes_own_inputs=false
for argument; do
    case $argument in -*) ;; *) takes_own_inputs=true ;; esac
done
finds=$scratch/finds/$target
corpus=$scratch/corpus/$target
mkdir -p "$finds" "$corpus"
set -- -max_len=600 -dict="$fuzz/smtp.dict" -artifact_prefix="$finds/" "$@"
$takes_own_inputs || set -- "$@" "$corpus" "$fuzz/Corpus/$target" "$fuzz/Crashes/$target"

# Swift's own backtracer hangs on a crash under the address sanitizer.
SWIFT_BACKTRACE=enable=no exec "$program" "$@"
