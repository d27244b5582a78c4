#!/usr/bin/env bash
# Builds the documentation of the products into .build-docs; a warning is an error.
#
#   scripts/docs.sh            all of them: .build-docs/site
#   scripts/docs.sh SMTP       one of them as it is written, on http://localhost:8080
#   PORT=8000 scripts/docs.sh SMTP
#
# What a browser opens is served, for it loads its pages by scripts:
#
#   python3 -m http.server --directory .build-docs/site 8000
set -euo pipefail
cd "$(dirname "$0")/.."

# The folders of the libraries; each may link to those before it.
products=(Pipeline TLS SMTP Rules Inbox SMTPTesting)
out=.build-docs

fail() {
    echo "docs: $*" >&2
    exit 1
}

[[ $# -eq 0 || " ${products[*]} " == *" $1 "* ]] ||
    fail "there is no product '$1', only: ${products[*]}"
command -v swift >/dev/null || fail "Swift 6.3 is missing: see https://swift.org/install"
docc=$(dirname "$(readlink -f "$(command -v swift)")")/docc
[[ -x $docc ]] || docc=$(command -v docc) || fail "docc, a part of Swift's toolchain, is missing"

# The module of a folder.
module() { [[ $1 == SMTPTesting ]] && echo "$1" || echo "Blackhole$1"; }

# What the compiler knows of the public symbols, from the build that all other targets use.
extract() {
    swift build -c release --traits Program --target SMTPTesting --quiet
    local built triple
    built=$(swift build -c release --traits Program --show-bin-path)
    triple=$(swift -print-target-info | sed -n 's/^ *"triple": "\(.*\)",$/\1/p')
    rm -rf "$out/symbols"
    for product in "${products[@]}"; do
        mkdir -p "$out/symbols/$product"
        swift symbolgraph-extract -module-name "$(module "$product")" -target "$triple" \
            -I "$built/Modules" -I Sources/COpenSSL \
            -Xcc "-fmodule-map-file=$built/BlackholeCLinux.build/module.modulemap" \
            -minimum-access-level public -emit-extension-block-symbols -skip-synthesized-members \
            -output-dir "$out/symbols/$product"
    done
}

# The arguments of docc for a product, one a line.
arguments() {
    printf '%s\n' "Sources/$1/$1.docc" --additional-symbol-graph-dir "$out/symbols/$1" \
        --fallback-display-name "$(module "$1")" --fallback-bundle-identifier "$(module "$1")" \
        --fallback-default-module-kind Library --enable-experimental-external-link-support
    for product in "${products[@]}"; do
        [[ $product == "$1" ]] && return
        printf '%s\n' --dependency "$out/$product.doccarchive"
    done
}

mkdir -p "$out"
extract
scripts/docs.py "$out/symbols" "${products[@]}"

for product in "${products[@]}"; do
    mapfile -t options < <(arguments "$product")
    if [[ ${1:-} == "$product" ]]; then
        exec "$docc" preview "${options[@]}" --port "${PORT:-8080}" --output-dir "$out/preview"
    fi
    echo "docs: $product"
    rm -rf "$out/$product.doccarchive"
    "$docc" convert "${options[@]}" --warnings-as-errors \
        --output-dir "$out/$product.doccarchive" | sed '/^$/d'
done

rm -rf "$out/site"
archives=("${products[@]/#/$out/}")
"$docc" merge "${archives[@]/%/.doccarchive}" --output-path "$out/site" \
    --synthesized-landing-page-name blackhole
echo "docs: done; to read it:"
echo "  python3 -m http.server --directory $out/site 8000    # http://localhost:8000/documentation"
