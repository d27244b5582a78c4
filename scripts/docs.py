#!/usr/bin/env python3
"""Checks that what is public is documented: symbols by comments, types in their catalogues.

    docs.py SYMBOLS PRODUCT...

SYMBOLS has a folder of symbol graphs for each product, as the compiler extracts them. It is run in
the project's folder.
"""

import json
import pathlib
import re
import sys

DECLARATION = r"\b(?:case|class|enum|func|let|protocol|struct|typealias|var) "


def symbols(folder):
    """The symbols that a product's sources declare, be it in extensions of other modules' types."""
    for path in sorted(folder.glob("*.symbols.json")):
        for symbol in json.loads(path.read_text())["symbols"]:
            # An extension is a place for members, and what the compiler makes has no place.
            if symbol["kind"]["identifier"] != "swift.extension" and "location" in symbol:
                yield symbol


def place(symbol):
    path = pathlib.Path(symbol["location"]["uri"].removeprefix("file://"))
    line = symbol["location"]["position"]["line"] + 1
    return f"{path.relative_to(pathlib.Path.cwd())}:{line}"


def is_documented(symbol):
    lines = symbol.get("docComment", {}).get("lines", [])
    return any(line["text"].strip() for line in lines)


def is_at_top(symbol, product):
    extended = symbol.get("swiftExtension", {}).get("extendedModule", module(product))
    return extended == module(product) and len(symbol["pathComponents"]) == 1


def module(product):
    return product if product == "SMTPTesting" else f"Blackhole{product}"


def names_in_topics(catalogue):
    _, _, topics = (catalogue / f"{catalogue.stem}.md").read_text().partition("\n## Topics\n")
    return set(re.findall(r"^- ``([^`]+)``$", topics, re.MULTILINE))


def left_out(product):
    """What the compiler takes for the version of an Objective-C framework, and leaves out."""
    for path in sorted(pathlib.Path("Sources", product).rglob("*.swift")):
        for number, line in enumerate(path.read_text().split("\n"), start=1):
            if re.search(f"{DECLARATION}{module(product)}Version", line):
                yield f"{path}:{number}: DocC shows nothing whose name begins with {module(product)}Version"


def faults(product, folder):
    topics = names_in_topics(pathlib.Path("Sources", product, f"{product}.docc"))
    yield from left_out(product)
    for symbol in symbols(folder):
        name = ".".join(symbol["pathComponents"])
        if not is_documented(symbol):
            yield f"{place(symbol)}: {name} has no documentation comment"
        if is_at_top(symbol, product) and name not in topics:
            yield f"{place(symbol)}: {name} is in no topic of {product}.docc"


def main(folder, *products):
    found = False
    for product in products:
        for fault in faults(product, pathlib.Path(folder, product)):
            print(fault, file=sys.stderr)
            found = True
    sys.exit(found)


main(*sys.argv[1:])
