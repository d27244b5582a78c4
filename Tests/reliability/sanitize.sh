#!/usr/bin/env bash
# Runs the whole test suite under sanitizers: Tests/reliability/sanitize.sh address|thread …
#
# address  AddressSanitizer for Swift and C, UndefinedBehaviorSanitizer for the C (Swift has none on
#          Linux: it traps where C is undefined), and a leak check at the end of every process, the
#          tests' and each of the some thousand runs of the program.
# thread   ThreadSanitizer.
#
# The tests run the program that was built beside them, so that is sanitized, too. Any report ends a
# process with an exit code of its own, which fails its test.
set -euo pipefail
cd "$(dirname "$0")/../.."

# What cannot work under a sanitizer, each with its reason:
without=(
    # They judge memory, allocations and system calls, of which a sanitizer has its own.
    CostTests
    # strace and the leak check both want to be the one that traces the program.
    'a thousand messages touch no file'
)
without_thread=(
    # ThreadSanitizer has a thread of its own, begun before the program gives its rights up.
    'a daemon lives its whole life as a user without rights'
)

# Swift's own backtracer waits for ever in a process that a sanitizer ends.
export SWIFT_BACKTRACE=enable=no
# Little is kept of what was freed, since some tests hold the program's memory to a bound.
export ASAN_OPTIONS=detect_leaks=1:quarantine_size_mb=4:thread_local_quarantine_size_kb=64
export LSAN_OPTIONS=suppressions=$PWD/Tests/lsan.supp:print_suppressions=0
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export TSAN_OPTIONS=suppressions=$PWD/Tests/tsan.supp:print_suppressions=0

run() {
    local kind=$1
    local flags=(-c release --traits Program --disable-testable-imports --sanitize="$kind" -Xswiftc -g)
    flags+=(--scratch-path ".build-${kind:0:1}san")
    local skipped=("${without[@]}")
    [[ $kind == address ]] && flags+=(-Xcc -fsanitize=undefined)
    [[ $kind == thread ]] && skipped+=("${without_thread[@]}")
    printf '\n==> The tests under the %s sanitizer\n' "$kind"
    # None has this name: what is built is run below.
    swift test "${flags[@]}" --filter='^$'
    if [[ $kind == thread ]]; then
        clang -O2 -Wall -shared -fPIC -o .build-tsan/mutex.so Tests/reliability/mutex.c
        export LD_PRELOAD=$PWD/.build-tsan/mutex.so
    fi
    # Blocking clients hold the few threads that an asynchronous responder waits for: one at a time.
    swift test "${flags[@]}" --skip-build --no-parallel --skip='^AppTests\.' \
        "${skipped[@]/#/--skip=}"
    swift test "${flags[@]}" --skip-build --filter='^AppTests\.' "${skipped[@]/#/--skip=}"
    unset LD_PRELOAD
}

[[ $# -gt 0 ]] || set -- address thread
for kind; do
    case $kind in
        address | thread) run "$kind" ;;
        *) echo "sanitize: address or thread, not $kind" >&2 && exit 64 ;;
    esac
done
