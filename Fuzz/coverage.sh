#!/bin/sh
# Says how many lines of each module the recorded inputs reach, by themselves: Fuzz/coverage.sh
#
# Files under 90 % are named with the lines that are not reached. Fails if a module that reads what
# peers send, or its framing, is under 90 % as a whole.
set -eu

fuzz=$(cd "$(dirname "$0")" && pwd)
scratch=${FUZZ_SCRATCH:-$(dirname "$fuzz")/.build-fuzz}/coverage
tools=$(dirname "$(readlink -f "$(command -v swift)")")
mkdir -p "$scratch"

# Not optimised, so that a line is a line.
touch "$fuzz/Package.swift"
swift build --package-path "$fuzz" --scratch-path "$scratch" --product Replay \
    -Xswiftc -profile-generate -Xswiftc -profile-coverage-mapping >&2
replay=$scratch/debug/Replay
LLVM_PROFILE_FILE=$scratch/replay.profraw "$replay" "$fuzz/Corpus" "$fuzz/Crashes"
"$tools/llvm-profdata" merge -o "$scratch/replay.profdata" "$scratch/replay.profraw"
"$tools/llvm-cov" export --format=lcov --instr-profile "$scratch/replay.profdata" "$replay" \
    --ignore-filename-regex='/(Fuzz|\.build[^/]*)/' >"$scratch/replay.lcov"

awk -F '[:,]' '
    function finish() {
        module = file
        sub("/.*", "", module)
        count[module] += lines
        reached[module] += lines - missed
        if (file ~ /^SMTP\/Framing\//) {
            count["framing"] += lines
            reached["framing"] += lines - missed
        }
        if (lines && missed / lines > 0.1)
            names[module] = names[module] sprintf("    %5.1f %%  %s:%s\n", \
                100 * (lines - missed) / lines, file, missed < lines ? ranges : " all of it")
    }
    function extend(number) {
        if (number == last + 1 && missed) sub("(-[0-9]+)?$", "-" number, ranges)
        else ranges = ranges " " number
        last = number
        missed++
    }
    /^SF:/ {
        file = $0
        sub("^.*/Sources/", "", file)
        lines = missed = last = 0
        ranges = ""
    }
    /^DA:/ { lines++; if ($3 == 0) extend($2) }
    /^end_of_record/ { finish() }
    END {
        order = split("Pipeline SMTPTesting Sink Rules TLS HTTP SMTP framing", modules, " ")
        for (i = 1; i <= order; i++) {
            module = modules[i]
            share = 100 * reached[module] / count[module]
            printf "%-12s %5.1f %% of %d lines\n%s", module, share, count[module], names[module]
            if (module ~ /^(TLS|HTTP|SMTP|framing)$/ && share < 90) failed = failed " " module
        }
        if (failed) { print "Under 90 %:" failed; exit 1 }
    }' "$scratch/replay.lcov"
