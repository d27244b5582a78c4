#!/usr/bin/env python3
"""Builds all examples, tries each with a real client, and checks what that is told.

Every wait has a limit, and every server is stopped, whatever happens. With names as arguments, only
these are tried: Examples/Trials/run.py Chaos Tarpit
"""

import hashlib
import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time

from running import EXAMPLES, RECIPIENT, SENDER, curl, expect, require, serving, swaks, swift

FAILURES = (AssertionError, OSError, smtplib.SMTPException, subprocess.SubprocessError)
CONTENT = b"Subject: Hello\r\n\r\nHi.\r\n"


def black_hole():
    with serving("BlackHole") as server:
        require("< 250 2.0.0 OK, done; queued as" in curl(server, RECIPIENT), "curl's mail is lost")
        with server.client() as client:
            for _ in range(3):
                expect({}, client.sendmail(SENDER, [RECIPIENT, "two@example.org"], CONTENT))


def greylisting():
    with serving("Greylisting") as server:
        greylisted = r"<\*\* 451 4\.7\.1 Greylisted"
        require(re.search(greylisted, swaks(server, RECIPIENT, code=24)), "no 451 4.7.1")
        require("queued as" in swaks(server, RECIPIENT), "the second try is refused")
        with server.client() as client:
            client.ehlo()
            codes = []
            # Another sender, another recipient; then both again, and who is known already.
            strangers = [(RECIPIENT, SENDER), (SENDER, SENDER)]
            for sender, recipient in 2 * strangers + [(SENDER, RECIPIENT)]:
                client.mail(sender)
                codes.append(client.rcpt(recipient)[0])
                client.rset()
            expect([451, 451, 250, 250, 250], codes)


def mailbox_full():
    with serving("MailboxFull") as server:
        output = curl(server, "you@FULL.example", code=55)
        require("< 452 4.2.2 Mailbox full" in output, f"no 452 4.2.2: {output}")
        with server.client() as client:
            refused = client.sendmail(SENDER, [RECIPIENT, "you@full.example"], CONTENT)
            expect({"you@full.example": (452, b"4.2.2 Mailbox full")}, refused)


def tarpit():
    with serving("Tarpit") as server:
        start = time.monotonic()
        with server.client() as client:
            client.sendmail(SENDER, [RECIPIENT], CONTENT)
        # The greeting comes at once; EHLO, MAIL, RCPT, DATA, the message and QUIT each wait.
        require(time.monotonic() - start >= 6 * 0.5, "the client was not slowed")
        # Nor is anything gained by sending all at once: five replies behind the greeting.
        start = time.monotonic()
        with server.connection() as connection:
            connection.sendall(b"HELO c\r\nNOOP\r\nNOOP\r\nNOOP\r\nQUIT\r\n")
            replies = b"".join(iter(lambda: connection.recv(4096), b""))
        require(time.monotonic() - start >= 5 * 0.5, "the pipelining client was not slowed")
        expect(
            [b"220", b"250", b"250", b"250", b"250", b"221"],
            [line[:3] for line in replies.splitlines()])


def converse(server):
    """Mails a message step by step, and returns the pieces that came before the end."""
    steps = [b"HELO c", b"MAIL FROM:<>", b"RCPT TO:<a@a>", b"DATA", b"Hi\r\n.", b"NOOP", b"QUIT"]
    pieces, line = [], b""
    with server.connection() as connection:
        while piece := connection.recv(4096):
            pieces.append(piece)
            line += piece
            if line.endswith(b"\r\n") and steps:
                connection.sendall(steps.pop(0) + b"\r\n")
                line = b""
    return pieces


def chaos():
    def conversations(seed):
        with serving("Chaos", seed) as server:
            return [converse(server) for _ in range(8)]

    def told(conversations):
        # The name that a message is queued as is another each time.
        return [re.sub(rb"as \w*", b"as", b"".join(pieces)) for pieces in conversations]

    first, again, other = conversations(7), conversations(7), conversations(8)
    whole = [text for text in told(first) if b"\r\n221 " in text and text.endswith(b"\r\n")]
    require(whole, "no conversation came to its end")
    require(len(whole) < len(first), "no connection broke off")
    expect([b"220", b"250", b"250", b"250", b"354", b"250", b"250", b"221"],
           [line[:3] for line in whole[0].splitlines()])
    require(all(whole[0].startswith(text) for text in told(first)), "bytes are wrong, not missing")
    require(not all(text.endswith(b"\r\n") for text in told(first)), "no reply broke off")
    # Eight replies in lock-step are eight pieces, if nobody cuts them.
    require(any(len(pieces) > 8 for pieces in first), "nothing came in pieces")
    expect(told(first), told(again))
    require(told(first) != told(other), "the seed changes nothing")


def size_lie():
    big = b"x" * 70 + b"\r\n"
    with serving("SizeLie") as server, server.client() as client:
        client.ehlo()
        expect("10000000", client.esmtp_features["size"])
        expect(552, client.mail(SENDER, ["SIZE=2000"])[0])
        expect(250, client.mail(SENDER)[0])
        expect(250, client.rcpt(RECIPIENT)[0])
        code, text = client.data(20 * big)
        expect((552, b"5.3.4"), (code, text.split()[0]))
        expect({}, client.sendmail(SENDER, [RECIPIENT], 10 * big))
    with serving("SizeLie", 1000, 0) as server, server.client() as client:
        client.ehlo()
        expect("1000", client.esmtp_features["size"])
        expect({}, client.sendmail(SENDER, [RECIPIENT], 1000 * big))


def lmtp():
    recipients = "a@example.org,b@full.example,c@gone.example,d@example.org"
    with serving("LMTP") as server:
        output = swaks(server, recipients, "--protocol", "LMTP")
        expect(2, output.count("queued as"))
        with server.client(smtplib.LMTP) as client:
            client.ehlo("client.example")
            client.mail(SENDER)
            for recipient in recipients.split(","):
                expect(250, client.rcpt(recipient)[0])
            replies = [client.data(CONTENT)] + [client.getreply() for _ in range(3)]
            expect([(250, b"2.0.0"), (452, b"4.2.2"), (550, b"5.1.6"), (250, b"2.0.0")],
                   [(code, text.split()[0]) for code, text in replies])


def transcript():
    def printed(**how):
        with serving("Transcript", **how) as server:
            with server.client() as client:
                client.sendmail(SENDER, [RECIPIENT], CONTENT)
                client.docmd("VERY", "\x1b[31mred")
            with server.client() as client:
                client.helo("again")
            return server.wait_for(r"(?s).*2 [^\n]*S: 221 [^\n]*\n")[0].replace("\r\n", "\n")

    plain, coloured = printed(), printed(on_terminal=True)
    require("\x1b" not in plain, "escape sequences went to a pipe")
    for line in ["1 S: 220 localhost", "1 C: ehlo client.example", "1 S: 250 HELP",
                 "1 C: (23 bytes)", "1 C: VERY \N{REPLACEMENT CHARACTER}[31mred",
                 "2 C: helo again"]:
        require(f"\n{line}" in plain, f"{line!r} is not in\n{plain}")
    for line in ["1 \x1b[32mS: 220 ", "1 \x1b[34mC: mail FROM", "1 \x1b[31mS: 500 ",
                 "bytes)\x1b[0m\n"]:
        require(line in coloured, f"{line!r} is not in\n{coloured!r}")
    require("\x1b" not in printed(on_terminal=True, NO_COLOR="1"), "NO_COLOR is not heeded")
    require("\x1b" in printed(on_terminal=True, NO_COLOR=""), "an empty NO_COLOR counts")


def relay():
    megabytes = 100
    piece = bytes(range(256)) * 4096

    def echo(listener):
        connection, _ = listener.accept()
        with connection:
            while data := connection.recv(1 << 20):
                connection.sendall(data)

    def say(connection):
        for _ in range(megabytes):
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_WR)

    # All comes back, and ends when it has: through a server that reads no more than it may say.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=echo, args=[listener], daemon=True).start()
        with serving("Relay", listener.getsockname()[1]) as server, server.connection() as connection:
            threading.Thread(target=say, args=[connection], daemon=True).start()
            sent, heard, count = hashlib.sha256(piece * megabytes), hashlib.sha256(), 0
            while data := connection.recv(1 << 20):
                heard.update(data)
                count += len(data)
            expect((megabytes << 20, sent.digest()), (count, heard.digest()))
            with open(f"/proc/{server.process.pid}/status") as status:
                peak = int(re.search(r"VmHWM:\s+(\d+)", status.read())[1])
            require(peak < 64 * 1024, f"it has held {peak} KiB")
    with serving("BlackHole") as behind, serving("Relay", behind.port) as server:
        require("queued as" in swaks(server, RECIPIENT), "a mail is lost")


def xclient():
    with serving("XCLIENT") as server:
        output = swaks(server, RECIPIENT, "--xclient", "ADDR=192.0.2.7", code=23)
        require("XCLIENT NAME ADDR" in output, "it is not announced")
        require("554 5.7.1 Nothing is taken from 192.0.2.7" in output, f"no 554: {output}")
        swaks(server, RECIPIENT, "--xclient", "NAME=mail.example ADDR=198.51.100.7")
        with server.client() as client:
            client.ehlo()
            expect(501, client.docmd("XCLIENT", "COLOUR=red")[0])
            expect(250, client.mail(SENDER)[0])
            expect(220, client.docmd("xclient", "ADDR=192.0.2.7")[0])
            expect(503, client.rcpt(RECIPIENT)[0])
            client.ehlo()
            expect(554, client.mail(SENDER)[0])


def tests(name):
    return lambda: swift("test", "--skip-build", "--filter", f"^{name}\\.")


TRIALS = {
    "BlackHole": black_hole, "Greylisting": greylisting, "MailboxFull": mailbox_full,
    "Tarpit": tarpit, "Chaos": chaos, "SizeLie": size_lie, "LMTP": lmtp, "Transcript": transcript,
    "XCLIENT": xclient, "Relay": relay,
} | {name: tests(name) for name in ("CaptureTests", "AttachmentTests", "ClosureTests")}


def main():
    # The end of this is the end of its servers, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("examples: terminated"))
    names = sys.argv[1:] or list(TRIALS)
    if unknown := set(names) - set(TRIALS):
        sys.exit(f"examples: there is no {', '.join(unknown)}, only {', '.join(TRIALS)}")
    # Without a trial an example would rot.
    expect(sorted(TRIALS), sorted(
        name.removesuffix(".swift") for name in os.listdir(EXAMPLES)
        if name.endswith(".swift") and name != "Package.swift"))
    swift("build", "--build-tests")
    failures = 0
    for name in names:
        start = time.monotonic()
        try:
            TRIALS[name]()
            print(f"ok      {name:<14} {time.monotonic() - start:5.1f} s", flush=True)
        except FAILURES as error:
            print(f"FAILED  {name:<14} {type(error).__name__}: {error}", flush=True)
            failures += 1
    sys.exit(f"examples: {failures} failed" if failures else 0)


main()
