#!/usr/bin/env python3
"""An honest client: sends messages in a loop, and tells how long each dialogue took.

A program of its own, so that the work of an attacker in Python is not in its figures. It writes a
line for each dialogue: when it ended (CLOCK_MONOTONIC) and its seconds, or what went wrong. It ends
with its standard input.
"""

import argparse
import contextlib
import select
import sys
import time

from client import Session

PAUSE = 0.004  # Between two dialogues: a client, not a load.


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("port", type=int)
    parser.add_argument("--source", default="127.0.0.1", help="the address to connect from")
    parser.add_argument("--kept", action="store_true", help="keep one connection for all messages")
    parser.add_argument("--secured", action="store_true", help="by STARTTLS")
    options = parser.parse_args()

    def connect():
        session = Session(options.port, options.source)
        if options.secured:
            session.secure()
        return session

    kept = connect() if options.kept else None
    with contextlib.suppress(BrokenPipeError):
        while not select.select([sys.stdin], [], [], PAUSE)[0]:
            begin = time.monotonic()
            try:
                session = kept or connect()
                session.mail()
                if not kept:
                    session.end()
                outcome = f"{time.monotonic() - begin:.6f}"
            except OSError as error:
                outcome = f"failed: {error}"
            print(f"{time.monotonic():.6f} {outcome}", flush=True)


main()
