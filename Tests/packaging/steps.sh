# For the tests beside it: a step is a line on standard output, and the first that fails ends them.
# shellcheck shell=bash

fail() {
    printf 'not ok  %s\n' "$*"
    exit 1
}

# step TEXT COMMAND…: the command has to succeed.
step() {
    local text=$1 output
    shift
    output=$("$@" 2>&1) || {
        [[ -z $output ]] || printf '%s\n' "$output"
        fail "$text"
    }
    printf 'ok      %s\n' "$text"
}

# exits CODE COMMAND…: the command has to end with that code.
exits() {
    local wanted=$1 code=0
    shift
    "$@" || code=$?
    [[ $code == "$wanted" ]] || {
        echo "exit code $code instead of $wanted: $*"
        return 1
    }
}

# eventually COMMAND…: the command has to succeed within ten seconds.
eventually() {
    for _ in {1..100}; do
        "$@" && return
        sleep 0.1
    done
    echo "not within ten seconds: $*"
    return 1
}

# The port without TLS that a server chose, by its log, the last of several: port LOG
port() {
    sed -nE '/for TLS/d; s/.*listening on 127\.0\.0\.1:([0-9]+).*/\1/p' "$1" | tail -1
}

# mail PORT: a message is taken in.
mail() {
    swaks --server 127.0.0.1 --port "$1" --from me@example.org --to you@example.org
}
