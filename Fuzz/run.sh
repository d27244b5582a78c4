#!/bin/sh
# Builds the fuzzer and runs a target: Fuzz/run.sh TARGET [libFuzzer's own arguments]
#
# Without a file or folder among the arguments the target fuzzes, from the seeds in Corpus/ and
# what earlier runs have found; what it finds goes to the scratch folder. With files it runs these.
set -eu

fuzz=$(cd "$(dirname "$0")" && pwd)
target=${1:?"usage: $0 TARGET [libFuzzer arguments]"}
shift
[ -d "$fuzz/Corpus/$target" ] || {
    echo "$target is none of" $(ls "$fuzz/Corpus") >&2
    exit 64
}
scratch=${FUZZ_SCRATCH:-$(dirname "$fuzz")/.build-fuzz}
mkdir -p "$scratch"
scratch=$(cd "$scratch" && pwd)

# FUZZ_BUILT: the fuzzer is there, and is as it should be.
if [ -z "${FUZZ_BUILT:-}" ]; then
    # The package manager looks for new files in its own package only, unless that was touched.
    touch "$fuzz/Package.swift"
    # Optimised, but with the assertions: they are properties too. Of the package manager's two sanitize
    # flags the compiler heeds the last alone, so that coverage has to be asked for by name.
    # Comparisons are not traced: the dictionaries have the words, and it would cost half the speed.
    swift build --package-path "$fuzz" --scratch-path "$scratch" -c release --product Fuzzer \
        --sanitize=fuzzer --sanitize=address -Xswiftc -assert-config -Xswiftc Debug \
        -Xswiftc -sanitize-coverage=edge,inline-8bit-counters,pc-table >&2
fi
program=$scratch/release/Fuzzer

finds=$scratch/finds/$target
corpus=$scratch/corpus/$target
logs=$scratch/logs/$target
mkdir -p "$finds" "$corpus" "$logs"
takes_own_inputs=false
has_jobs=false
for argument; do
    shift
    case $argument in
    -jobs=*) has_jobs=true ;;
    -*) ;;
    *) takes_own_inputs=true && argument=$(realpath "$argument") ;;
    esac
    set -- "$@" "$argument"
done
case $target in
FuzzConfiguration) dictionary=configuration ;;
FuzzRules) dictionary=rules ;;
FuzzHTTP) dictionary=http ;;
FuzzHeaderSwitches | FuzzMessage) dictionary=message ;;
*) dictionary=smtp ;;
esac
# A certificate with its key is longer than any command.
[ "$target" = FuzzIdentity ] && bytes_max=2000 || bytes_max=400
set -- -max_len=$bytes_max -dict="$fuzz/$dictionary.dict" -artifact_prefix="$finds/" "$@"
$takes_own_inputs || set -- "$@" "$corpus" "$fuzz/Corpus/$target" "$fuzz/Crashes/$target"
# Jobs write fuzz-0.log and so on to where they are started.
! $has_jobs || { cd "$logs" && echo "The logs of the jobs are in $logs" >&2; }

# Less memory to walk through than by default. Swift's own backtracer hangs under this sanitizer.
export ASAN_OPTIONS="quarantine_size_mb=16:malloc_context_size=8:${ASAN_OPTIONS:-}"
FUZZ_TARGET=$target SWIFT_BACKTRACE=enable=no exec "$program" "$@"
