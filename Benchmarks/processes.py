"""The processes that the benchmark starts, none of which outlives it."""

import atexit
import ctypes
import os
import signal
import struct
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Results, logs, certificates, and what pip installs.
SCRATCH = os.path.join(ROOT, ".build-bench")
# Where the programs of this folder are built.
PRODUCTS = os.path.join(ROOT, ".build-nested/release")

_cpus = sorted(os.sched_getaffinity(0))
ALL_CPUS = frozenset(_cpus)
# A server has a processor to itself; the load has another, with the benchmark.
LOAD_CPUS, SERVER_CPUS = frozenset(_cpus[:1]), frozenset(_cpus[-1:])
ARE_APART = LOAD_CPUS != SERVER_CPUS

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)
_running = []


class Failure(Exception):
    """What could not be measured and why, in one line."""


def start(command, cpus=LOAD_CPUS, stamp=None, **options):
    """Starts a process that dies with this one; `stamp` is a pipe that is told when it begins."""

    def prepare():
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        os.sched_setaffinity(0, cpus)
        if stamp is not None:
            os.write(stamp, struct.pack("q", time.monotonic_ns()))

    try:
        process = subprocess.Popen(
            command, preexec_fn=prepare, **{"stdin": subprocess.DEVNULL, **options})
    except OSError as error:
        raise Failure(f"{os.path.basename(command[0])}: {error.strerror}") from error
    _running.append(process)
    return process


def end(process, seconds=30):
    """Ends a process and waits for it; one that does not obey is killed."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process in _running:
        _running.remove(process)


def guard(process):
    """A process that kills the whole group of another when this one is gone, however it went."""
    command = f"read -r _; kill -s KILL -- -{process.pid}"
    guardian = subprocess.Popen(["sh", "-c", command], stdin=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, start_new_session=True)
    _running.append(guardian)
    return guardian


def end_group(process, guardian):
    """Ends a process, then whatever of its group remains, and then its guardian."""
    end(process)
    guardian.kill()  # It must not meet another group that has the number by then.
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    guardian.stdin.close()
    end(guardian)


def outcome(command, seconds, **options):
    """What a command writes to its standard output and error, and the code it ends with."""
    process = start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    try:
        output, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        name = os.path.basename(command[0])
        raise Failure(f"{name} did not end within {seconds} s") from error
    finally:
        end(process)
    return output, errors, process.returncode


def run(command, seconds=60, **options):
    """What a command writes to its standard output; it has to end with 0."""
    output, errors, code = outcome(command, seconds, **options)
    if code != 0:
        words = (errors.strip() or output.strip() or "no word of it").splitlines()[-1]
        raise Failure(f"{os.path.basename(command[0])} ended with {code}: {words}")
    return output


@atexit.register
def _end_all():
    for process in _running:
        if process.poll() is None:
            process.kill()
            process.wait()
