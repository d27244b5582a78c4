"""The processes that a benchmark starts, none of which outlives it."""

import atexit
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM = os.path.join(ROOT, ".build/release/blackhole")
# Where nobody else listens, by one worker, and as the user who measures: /proc tells him all.
SERVING = [PROGRAM, "run", "--host=127.0.0.1", "--port=0", "--workers=1", "--idle_timeout=1000",
           f"--user={os.getuid()}", f"--group={os.getgid()}"]

_running = []


def start(command, **options):
    """Starts a process without standard input, unless the options say otherwise."""
    process = subprocess.Popen(command, **{"stdin": subprocess.DEVNULL, **options})
    _running.append(process)
    return process


@atexit.register
def _end_all():
    for process in _running:
        if process.poll() is None:
            process.kill()
            process.wait()
