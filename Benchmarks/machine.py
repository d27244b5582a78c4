"""The machine that measures, and the versions of all that is measured."""

import datetime
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess

from peers import PEERS, Blackhole
from processes import ALL_CPUS, ARE_APART, ROOT
from provisions import VENV


def machine():
    """What of the machine matters to the figures."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = re.search(r"^model name\s*: (.*)$", file.read(), re.M)
    with open("/proc/meminfo", encoding="ascii") as file:
        kilobytes = int(re.search(r"^MemTotal:\s+(\d+) kB", file.read(), re.M)[1])
    with open("/proc/loadavg", encoding="ascii") as file:
        busy = file.read().split()[0]
    return {
        "processor": model[1] if model else platform.machine(),
        "cores": len(ALL_CPUS),
        "memory": f"{kilobytes / 1024 / 1024:.0f} GiB",
        "kernel": platform.release(),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", "unknown"),
        "apart": ARE_APART,
        "load average at the start": busy,
    }


def versions():
    """The version of each peer and of what it is made with; what is missing says so."""
    found = {
        "blackhole": _first(["git", "-C", ROOT, "describe", "--always", "--dirty"]),
        "Swift": _match(["swift", "--version"], r"Swift version (\S+)"),
        "C compiler": _match(["cc", "--version"], r"^(.*)"),
        "SwiftNIO": _resolved("swift-nio"),
        "OpenSSL": _match(["openssl", "version"], r"OpenSSL (\S+)"),
        "Postfix (smtp-sink)": _match(["postconf", "-d", "mail_version"], r"= (\S+)"),
        "strace": _match(["strace", "--version"], r"version (\S+)"),
        "valgrind": _match(["valgrind", "--version"], r"valgrind-(\S+)"),
        "Python": platform.python_version(),
    }
    for name in ("blackhole", "aiosmtpd", "uvloop"):
        found[f"{name} (PyPI)"] = _pip(name)
    return found


def identity():
    """When and of which program something was measured."""
    program, digest = Blackhole.program, "missing"
    if os.path.exists(program):
        with open(program, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()[:12]
    now = datetime.datetime.now(datetime.timezone.utc)
    return {"measured": now.strftime("%Y-%m-%d %H:%M UTC"), "program": digest}


def missing():
    """The keys of the peers that are not there, and why."""
    return {key: reason for key, peer in PEERS.items() if (reason := peer.absence())}


def _resolved(identity_of_package):
    path = os.path.join(ROOT, "Benchmarks/Package.resolved")
    try:
        with open(path, encoding="utf-8") as file:
            pins = json.load(file)["pins"]
    except (OSError, ValueError, KeyError):
        return "unknown"
    return next((pin["state"].get("version", "unknown") for pin in pins
                 if pin["identity"] == identity_of_package), "unknown")


def _pip(name):
    lib = os.path.join(os.path.dirname(VENV), "lib")
    for _, folders, _ in os.walk(lib):
        for folder in folders:
            if match := re.fullmatch(rf"{name}-([\d.]+)\.dist-info", folder):
                return match[1]
    return "missing"


def _first(command):
    return _match(command, r"(\S+)")


def _match(command, pattern):
    if not shutil.which(command[0]):
        return "missing"
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, timeout=60, check=False, text=True)
    match = re.search(pattern, result.stdout)
    return match[1] if match else "unknown"
