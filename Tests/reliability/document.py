"""Where measured tables go: docs/reliability.md, between the marks of who made them."""

import os
import platform
import re

from server import ROOT

DOCUMENT = os.path.join(ROOT, "docs/reliability.md")


def renew(text, marks):
    """Puts a text into the document, between its marks."""
    with open(DOCUMENT, encoding="utf-8") as file:
        document = file.read()
    first, last = marks
    head, _, rest = document.partition(first)
    _, _, tail = rest.partition(last)
    if not tail:
        raise SystemExit(f"{DOCUMENT} lacks the marks {first} and {last}")
    with open(DOCUMENT, "w", encoding="utf-8") as file:
        file.write(f"{head}{first}\n{text}\n{last}{tail}")


def machine():
    """The machine, in words."""
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        model = re.search(r"^model name\s*: (.*)", file.read(), re.M)
    return f"{os.cpu_count()} × {model[1] if model else platform.machine()}, " \
           f"Linux {platform.release()}"
