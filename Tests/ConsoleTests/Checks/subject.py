"""The server under test: one that runs, or our program, started for the time of the checks."""

import argparse
import contextlib
import getpass
import json
import pathlib
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROGRAM = ROOT / ".build/release/blackhole"
RULES = [
    "slow: rcpt to=late* -> 450 4.2.1 Later",
    "full: rcpt to=full* -> 452 4.2.2 Mailbox full",
    "none: rcpt to=none* -> 550 5.1.1 No such user",
    "spam: message header.Subject=*spam* -> 554 5.7.1 No spam",
]


class Failure(Exception):
    """Something is not as it should be."""


def expect(condition, words):
    if not condition:
        raise Failure(words)


class Subject:
    """A server: its console's address, and where it takes mail."""

    def __init__(self, address, smtp):
        self.address = address.rstrip("/")
        self.smtp = smtp

    def ask(self, method, path, fields=None, body=None):
        """The status, fields and content of a response, whatever the status."""
        data = body.encode() if isinstance(body, str) else body
        request = urllib.request.Request(self.address + path, data, fields or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def mail(self, recipients=("you@example.org",), subject="Hi", content="Hello\r\n", **fields):
        """Sends a message; the code of the reply that ended it."""
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
        lines += [f"Subject: {subject}", "From: Me <me@example.com>", f"To: {', '.join(recipients)}"]
        return self.send("\r\n".join([*lines, "", content]), recipients)

    def send(self, message, recipients=("you@example.org",)):
        """Sends a message as it is; the code of the reply that ended it."""
        with smtplib.SMTP(*self.smtp, timeout=30) as client:
            client.ehlo()
            if client.has_extn("starttls"):
                client.starttls()
            try:
                client.sendmail("me@example.com", list(recipients), message)
                return 250
            except smtplib.SMTPRecipientsRefused as error:
                return next(iter(error.recipients.values()))[0]
            except smtplib.SMTPResponseException as error:
                return error.smtp_code


def until(seconds, words, attempt):
    """Tries again until it is no longer None or False."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = attempt()
        if result not in (None, False):
            return result
        time.sleep(0.1)
    raise Failure(f"not within {seconds} s: {words}")


@contextlib.contextmanager
def started(*options, rules=RULES):
    """Our program, which is stopped in the end."""
    expect(PROGRAM.exists(), f"{PROGRAM} is missing: make build")
    # Whoever ends this ends the program, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))
    with tempfile.TemporaryDirectory() as folder:
        places = pathlib.Path(folder, "addresses.json")
        # Without a user that it would become, it may write its addresses here.
        command = [PROGRAM, "run", "--host", "127.0.0.1", "--port", "0", "--ssl_port", "none",
                   "--http", "127.0.0.1:0", "--user", getpass.getuser(), "--addresses", places, *options]
        for rule in rules:
            command += ["--rule", rule]
        with open(pathlib.Path(folder, "log"), "w+") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
            try:
                def addresses():
                    if process.poll() is not None:
                        log.seek(0)
                        raise Failure(f"the program has ended: {log.read()}")
                    return places.exists() and json.loads(places.read_text() or "null")
                found = until(30, "the program writes its addresses", addresses)
                mail, console = found["listeners"][0], found["http"][0]
                yield Subject(f"http://{console['host']}:{console['port']}", (mail["host"], mail["port"]))
            finally:
                process.terminate()
                process.wait(30)


def run(description, checks, *options):
    """Runs checks against the server that the command line names, or against our program."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("address", nargs="?", help="the console of a server that runs: http://127.0.0.1:8025")
    parser.add_argument("smtp", nargs="?", default="127.0.0.1:2525", help="where it takes mail (%(default)s)")
    arguments = parser.parse_args()
    host, _, port = arguments.smtp.rpartition(":")
    server = contextlib.nullcontext(Subject(arguments.address, (host, int(port)))) \
        if arguments.address else started(*options)
    failures = 0
    with server as subject:
        for check in checks:
            try:
                check(subject)
                print(f"ok      {check.__doc__}", flush=True)
            except Failure as failure:
                failures += 1
                print(f"FAILED  {check.__doc__}: {failure}", flush=True)
    sys.exit(1 if failures else 0)
