"""The load: `smtp-load`, told what to send, and what it has counted."""

import contextlib
import json
import os
import resource
import select
import subprocess

from processes import PRODUCTS, Failure, end, outcome, start

PROGRAM = os.path.join(PRODUCTS, "smtp-load")
SECONDS_MAX = 600
# Files that a process has open besides its connections.
SPARE_FILES = 200


def absence():
    return None if os.path.exists(PROGRAM) else "smtp-load is missing: make smtp-load"


def send(arguments, port, **options):
    """Sends a load and returns what was counted; a message that fails is a failure of all."""
    command = [PROGRAM, "--json", "--quiet", *arguments, f"127.0.0.1:{port}"]
    return parse(*outcome(command, SECONDS_MAX, **options))


def parse(output, errors, code):
    """The counts, if all messages were taken."""
    words = (errors.strip().splitlines() or ["it says nothing"])[0]
    try:
        counts = json.loads(output)
    except ValueError:
        raise Failure(f"smtp-load ended with {code}: {words}") from None
    if failed := sum(counts["failures"].values()):
        raise Failure(f"{failed:,} failed of {counts['messages'] + failed:,} messages: {words}")
    if code != 0 or not counts["messages"]:
        raise Failure(f"smtp-load ended with {code}: {words}")
    return counts


def generator_share(counts):
    """The part of the time in which the load was on its processor."""
    spent = counts["cpu_seconds"]["user"] + counts["cpu_seconds"]["system"]
    return spent / counts["seconds"] if counts["seconds"] else 0


@contextlib.contextmanager
def held(count, port, tls=False):
    """So many connections that are greeted and say nothing more."""
    if not count:
        yield
        return
    command = [PROGRAM, "--idle", str(count), *(["--tls"] if tls else []), f"127.0.0.1:{port}"]
    process = start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE, text=True)
    try:
        is_ready, _, _ = select.select([process.stdout], [], [], 300)
        if not is_ready or "ready" not in process.stdout.readline():
            end(process, 5)
            words = process.stderr.read().strip().splitlines() or ["it says nothing"]
            raise Failure(f"{count:,} connections could not be held: {words[0]}")
        yield
    finally:
        process.stdin.close()
        end(process)


def raise_file_limit():
    """As many files as may be open; returns how many."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def idle_possible(count, files):
    """So many connections, or as many as the limit of open files leaves room for."""
    return max(0, min(count, files - SPARE_FILES))
