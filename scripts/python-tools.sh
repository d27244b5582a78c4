#!/usr/bin/env bash
# Installs the Python packages that the console's checks use, at fixed versions, into .build-python, and
# says where its Python is. Does nothing if they are there.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(schemathesis==4.32.5 mailpit-api-client==1.0.0 jsonschema==4.26.0)
folder=.build-python

if [[ $(cat "$folder/installed" 2>/dev/null) != "${packages[*]}" ]]; then
    echo "python-tools: installing ${packages[*]}" >&2
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check "${packages[@]}" >&2
    echo "${packages[*]}" > "$folder/installed"
fi
echo "$folder/bin/python"
