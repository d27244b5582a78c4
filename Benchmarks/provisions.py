"""What is made or fetched beforehand: programs in C and in Python, and a certificate."""

import os
import sys

from processes import ALL_CPUS, ROOT, SCRATCH, Failure, run

CERTIFICATE, KEY = (os.path.join(SCRATCH, name) for name in ("certificate.pem", "key.pem"))
VENV = os.path.join(SCRATCH, "venv/bin")
# What counts the allocations of whoever is started with it.
MALLOC_COUNT = os.path.join(SCRATCH, "malloc-count.so")
SOURCES = os.path.join(ROOT, "Benchmarks/Sources")
PYTHON_PACKAGES = ("blackhole==2.1.19", "aiosmtpd==1.4.6", "uvloop==0.21.0")
INSTALL_SECONDS = 600
C_PROGRAMS = (
    (os.path.join(SCRATCH, "floor-sink"), os.path.join(SOURCES, "FloorSink/main.c"), ()),
    (os.path.join(SCRATCH, "tls-floor"), os.path.join(SOURCES, "TLSFloor/main.c"),
     ("-lssl", "-lcrypto")),
    (MALLOC_COUNT, os.path.join(ROOT, "Tests/AppTests/Support/malloc-count.c"),
     ("-shared", "-fPIC")),
)


def provide(with_python):
    """Makes all of it; who lacks something shows as missing, and leaves a gap."""
    os.makedirs(SCRATCH, exist_ok=True)
    for program, source, options in C_PROGRAMS:
        # By the C compiler alone: SwiftPM would link them to Swift's runtime.
        if is_older(program, source):
            _try(["cc", "-std=c11", "-O2", "-Wall", "-o", program, source, *options])
    _try(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
          "-nodes", "-days", "30", "-subj", "/CN=localhost", "-out", CERTIFICATE, "-keyout", KEY])
    if with_python and not os.path.exists(os.path.join(VENV, "aiosmtpd")):
        print(f"bench: installing {', '.join(PYTHON_PACKAGES)} by pip into .build-bench/venv",
              file=sys.stderr)
        if _try([sys.executable, "-m", "venv", os.path.dirname(VENV)]):
            _try([os.path.join(VENV, "pip"), "install", "--quiet", *PYTHON_PACKAGES])


def is_older(product, source):
    """Whether a product is older than its source, or is not there."""
    return not os.path.exists(product) or os.path.getmtime(product) < os.path.getmtime(source)


def _try(command):
    try:
        run(command, seconds=INSTALL_SECONDS, cpus=ALL_CPUS)
    except Failure as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return False
    return True
