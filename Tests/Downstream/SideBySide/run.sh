#!/usr/bin/env bash
# Runs the test that smtpdfix, a fake in Python, has for the same mailer as SideBySideTests.swift, and
# compares the two: ours must be shorter. The Swift one runs as a part of the package Downstream.
set -euo pipefail
cd "$(dirname "$0")"
export PYTHONDONTWRITEBYTECODE=1 # or the package manager complains of its folder

environment=../../../.build-nested/smtpdfix # kept, so that PyPI is asked once
versions=(smtpdfix==0.5.3 pytest==9.2.0)

fail() {
    echo "side by side: $*" >&2
    exit 1
}

# The lines of a file that are neither blank nor comments, which begin with the second argument.
lines() { grep --count --invert-match --extended-regexp "^[[:space:]]*($|$2)" "$1"; }

[[ -x $environment/bin/pytest ]] ||
    { python3 -m venv "$environment" &&
        timeout 300 "$environment/bin/pip" install --quiet "${versions[@]}"; } ||
    fail "cannot install ${versions[*]}"
timeout 120 "$environment/bin/python" -m pytest --quiet -p no:cacheprovider \
    --disable-warnings test_smtpdfix.py || fail "the tests in Python have failed"

theirs=$(lines test_smtpdfix.py '#')
ours=$(lines SideBySideTests.swift //)
echo "side by side: $ours lines in Swift, $theirs in Python"
((ours < theirs)) || fail "the test in Swift is not shorter"
