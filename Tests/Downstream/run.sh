#!/usr/bin/env bash
# Tests this package as a stranger's packages use it: the one in this folder, and a fresh one whose
# only test is the README's, word for word. One test stands beside the same in Python.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$root/.build-nested # that of Examples, too, so that the libraries are built once for both.
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

fail() {
    echo "downstream: $*" >&2
    exit 1
}

# A package without a test passes, too: so what is said of their number is read.
run_tests() {
    # Without the last option the package manager takes the plan of another package that was built
    # there for this one's, and does not see new files of the libraries.
    timeout --foreground --kill-after=20 1200 \
        swift test --package-path "$1" --scratch-path "$scratch" \
        --disable-build-manifest-caching 2>&1 | tee "$fresh/log" ||
        fail "the tests of $1 have failed"
    grep --quiet 'Test run with [1-9].* passed' "$fresh/log" || fail "$1 has no tests"
}

readme_test() {
    awk '
        /^## / { inSection = $0 == "## The library" }
        inSection && /^```swift$/ { inBlock = 1; block = ""; next }
        /^```$/ { if (inBlock && block ~ /@Test/) { printf "%s", block; exit } inBlock = 0 }
        inBlock { block = block $0 "\n" }
    ' "$root/README.md"
}

# Whoever depends on a library resolves no package that only the program needs.
resolves_nothing() {
    local resolved=$1/Package.resolved
    ! [[ -e $resolved ]] || ! grep '"identity"' "$resolved" || fail "$1 resolves these packages"
}

"$root/Tests/Downstream/SideBySide/run.sh"
run_tests "$root/Tests/Downstream"

mkdir -p "$fresh/Readme/Tests/ReadmeTests"
readme_test >"$fresh/Readme/Tests/ReadmeTests/ReadmeTests.swift"
[[ -s $fresh/Readme/Tests/ReadmeTests/ReadmeTests.swift ]] || fail "README.md has no test"
cat >"$fresh/Readme/Package.swift" <<EOF
// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "Readme",
    dependencies: [.package(name: "blackhole", path: "$root")],
    targets: [
        .testTarget(
            name: "ReadmeTests",
            dependencies: [.product(name: "SMTPTesting", package: "blackhole")])
    ]
)
EOF
run_tests "$fresh/Readme"
resolves_nothing "$fresh/Readme"
