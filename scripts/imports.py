#!/usr/bin/env python3
"""Checks that each module imports only what ARCHITECTURE.md allows it, and that the files it names exist."""

import pathlib
import re
import sys

ROW = re.compile(r"^\| `(Sources/\w+)` \|[^|]*\| ([^|]*)\|$", re.MULTILINE)
IMPORT = re.compile(r"^\s*(?:@\w+ )?(?:public |package |internal |private )?import "
                    r"(?:struct |class |enum |func |protocol )?(\w+)", re.MULTILINE)
# Part of the toolchain, and free for all.
ALLOWED = {"Glibc", "Synchronization", "Testing"}


FILE = re.compile(r"`([\w+]+…?\.swift)`")


def missing():
    """The files that ARCHITECTURE.md names and that are not there."""
    there = {path.name for path in pathlib.Path("Sources").rglob("*.swift")}
    for name in FILE.findall(pathlib.Path("ARCHITECTURE.md").read_text()):
        start, _, end = name.partition("…")
        if not any(file.startswith(start) and file.endswith(end) for file in there):
            yield f"ARCHITECTURE.md names {name}, which is not there"


def main():
    rows = {folder: set(re.findall(r"\w+", allowed))
            for folder, allowed in ROW.findall(pathlib.Path("ARCHITECTURE.md").read_text())}
    faults = [f"ARCHITECTURE.md has no row for {folder}"
              for folder in sorted(map(str, pathlib.Path("Sources").iterdir()))
              if folder not in rows]
    for folder, allowed in rows.items():
        for path in sorted(pathlib.Path(folder).rglob("*.swift")):
            for name in IMPORT.findall(path.read_text()):
                if name.removeprefix("Blackhole") not in allowed | ALLOWED:
                    faults.append(f"{path}: imports {name}, which ARCHITECTURE.md does not allow "
                                  f"{folder}")
    faults += missing()
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(bool(faults))


main()
