#!/usr/bin/env python3
"""Writes blackhole(8): page.py PROGRAM < blackhole.8.in > blackhole.8

The commands and options are those that the program's own argument parser knows. Its plugin
generate-manual repeats all options under each command, knows one exit status, and leaves blank
lines that mdoc(7) warns about; here an option that several commands share stands once.
"""

import json
import os
import re
import subprocess
import sys
import time


def main():
    program = sys.argv[1]
    root = json.loads(said(program, "--experimental-dump-help"))["command"]
    commands = [
        command
        for command in root["subcommands"]
        if command["shouldDisplay"] and command["commandName"] != "help"
    ]
    lists = [arguments(level) for level in [root, *commands]]
    shared = {name for names in lists for name in names if sum(name in it for it in lists) > 1}
    shared |= lists[0].keys()
    everywhere = {name: text for names in lists for name, text in names.items() if name in shared}
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    parts = {
        "DATE": time.strftime("%B %d, %Y", time.gmtime(epoch)).replace(" 0", " "),
        "VERSION": said(program, "--version").strip(),
        "COMMANDS": tagged([described(*pair, shared) for pair in zip(commands, lists[1:])]),
        "OPTIONS": tagged(entries(everywhere)),
    }
    page = sys.stdin.read()
    sys.stdout.write(re.sub("^(.*)@([A-Z]+)@$", lambda at: at[1] + parts[at[2]], page, flags=re.M))


def said(program, option):
    return subprocess.run([program, option], check=True, capture_output=True, text=True).stdout


def arguments(command):
    """The options of a command, each name or names with its text."""
    return {
        heading(argument): sentences(text(argument))
        for argument in command.get("arguments", [])
        if argument["shouldDisplay"]
    }


def heading(argument):
    if argument["kind"] == "positional":
        return f".It Ar {escaped(argument['valueName'])}"
    names = " , ".join(
        f"Fl -{escaped(name['name'])}" if name["kind"] == "long" else f"Fl {escaped(name['name'])}"
        for name in argument["names"]
    )
    value = f" Ns = Ns Ar {words(argument['valueName'])}" if argument["kind"] == "option" else ""
    return f".It {names}{value}"


def text(argument):
    default = argument.get("defaultValue")
    return argument.get("abstract", "") + (f" (default: {default})" if default else "")


def described(command, own, shared):
    lines = [f".It Cm {command['commandName']}", *sentences(command.get("abstract", ""))]
    for paragraph in command.get("discussion", "").split("\n\n"):
        if paragraph:
            lines += [".Pp", *sentences(paragraph)]
    rest = {name: text for name, text in own.items() if name not in shared}
    return "\n".join(lines + ([tagged(entries(rest))] if rest else []))


def entries(options):
    return ["\n".join([name, *text]) for name, text in options.items()]


def tagged(items):
    return "\n".join([".Bl -tag -width Ds", *items, ".El"])


def sentences(text):
    """Each sentence on a line of its own, as mdoc wants it."""
    flat = " ".join(text.split())
    return [escaped(line) for line in re.split(r"(?<=[.!?]) (?=[A-Z(])", flat) if line]


def words(text):
    """Words of a macro's line: none of them may be taken for another macro."""
    return '"' + escaped(text).replace('"', '""') + '"'


def escaped(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...")
    return "\\&" + text if text[:1] in (".", "'") else text


main()
