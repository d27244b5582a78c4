"""What a message costs in things that are counted: calls, allocations, instructions.

None of it depends on how busy the machine is. Each is the difference of two runs, so that the start
of a server and what it does but once is taken away.
"""

import contextlib
import os
import re
import shutil
import time

import load
from peers import PEERS
from processes import SCRATCH, Failure, run
from provisions import MALLOC_COUNT

# Told to `smtp-load`: one connection after another, so that no two are served in one turn.
SHAPES = {
    "one": ("one message a connection", ["--per-connection", "1"]),
    "lock-step": ("kept open, lock-step", ["--per-connection", "0"]),
    "pipelined": ("kept open, pipelined", ["--per-connection", "0", "--pipelined"]),
    "bdat": ("kept open, BDAT", ["--per-connection", "0", "--bdat"]),
}
FEW, MANY = 200, 1200
PEERS_COUNTED = ("blackhole", "floor", "nio", "smtp-sink")
WAIT_SECONDS = 20


def system_calls(key, shape):
    """The system calls a message, all of them and by name."""
    def count(messages):
        path = _fresh("calls")
        # -D: strace is the child, so that the server has the process number that we know.
        _serve(key, shape, messages, wrapper=["strace", "-D", "-f", "-c", "-o", path])
        return parse_strace(_text_of(path, r" total\n\Z"))

    few, many = count(FEW), count(MANY)
    return {name: (calls - few.get(name, 0)) / (MANY - FEW) for name, calls in many.items()
            if calls != few.get(name, 0)}


def allocations(key, shape):
    """The calls of `malloc` and its like a message, on all threads."""
    if not os.path.exists(MALLOC_COUNT):
        raise Failure("malloc-count.so is missing: apt install gcc libc6-dev")

    def count(messages):
        path = _fresh("allocations")
        _serve(key, shape, messages, environment={
            "LD_PRELOAD": MALLOC_COUNT, "MALLOC_COUNT_FILE": path}, ends_in_order=True)
        return parse_allocations(_text_of(path, r"\d\n\Z"))

    return (count(MANY) - count(FEW)) / (MANY - FEW)


def instructions(key, shape):
    """The instructions a message outside of the kernel."""
    def count(messages):
        path = _fresh("callgrind")
        wrapper = ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={path}"]
        # Valgrind stumbles over debug information that is newer than itself.
        program = _stripped(PEERS[key].program)
        # A `rep movsb` is one instruction, but callgrind counts each of its bytes: without it.
        _serve(key, shape, messages, wrapper=wrapper, program=program, environment={
            "GLIBC_TUNABLES": "glibc.cpu.x86_rep_movsb_threshold=0x40000000"})
        return parse_callgrind(_text_of(path, r"^(totals|summary): \d+"))

    return (count(MANY) - count(FEW)) / (MANY - FEW)


def parse_strace(text):
    """How often each call was made, by the table of `strace -c`."""
    calls = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 5 and re.fullmatch(r"[\d.]+", words[0]) and words[3].isdigit():
            calls[words[-1]] = int(words[3])
    return calls


def parse_allocations(text):
    """The sum of what malloc-count.c has written for each thread."""
    return sum(int(line.rpartition(" ")[2]) for line in text.splitlines())


def parse_callgrind(text):
    """The instructions of a whole run."""
    return int(re.search(r"^(?:totals|summary): (\d+)", text, re.M)[1])


def _serve(key, shape, messages, ends_in_order=False, program=None, **how):
    """Starts a server, sends it so many messages, and ends it."""
    peer = PEERS[key](**how)
    if reason := peer.lacks.get(shape):
        raise Failure(reason)
    if ends_in_order:
        peer.messages_max = messages + 1
    if program:
        peer.program = program
    with peer:
        load.send(["--connections", "1", "--messages", str(messages), *SHAPES[shape][1]],
                  peer.port)
        if ends_in_order:
            peer.end_in_order()


def _stripped(program):
    copy = os.path.join(SCRATCH, f"stripped-{os.path.basename(program)}")
    run(["strip", "-o", copy, shutil.which(program)])
    return copy


def _fresh(name):
    path = os.path.join(SCRATCH, name)
    with contextlib.suppress(FileNotFoundError):
        os.remove(path)
    return path


def _text_of(path, ending):
    """What a file says once it is complete."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError):
            with open(path, encoding="utf-8", errors="replace") as file:
                text = file.read()
            if re.search(ending, text, re.M):
                return text
        time.sleep(0.05)
    raise Failure(f"{os.path.basename(path)} were not told when it ended")
