#!/usr/bin/env python3
"""Plays a case of Tests/ConsoleTests/Cases against a running program.

usage: console_cases.py SMTP-PORT HTTP-PORT PROCESS CASE.json
"""

import json
import pathlib
import re
import smtplib
import socket
import sys
import time

TIMEOUT = 75


class Reply:
    """A response of HTTP; of a stream, what comes within a second."""

    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body

    def json_at(self, path):
        value = json.loads(self.body)
        for step in path.split("."):
            if isinstance(value, list):
                if step == "length":
                    return len(value)
                value = value[int(step)] if step.isdigit() and int(step) < len(value) else None
            else:
                value = value.get(step) if isinstance(value, dict) else None
        return value


def parse(stream, is_head):
    line = stream.readline()
    if not line:
        return None
    status, fields = int(line.split()[1]), {}
    while (line := stream.readline().strip()):
        name, _, value = line.decode("latin-1").partition(":")
        fields[name.lower()] = value.strip()
    body = b""
    if is_head or status in (204, 304):
        pass
    elif "content-length" in fields:
        body = stream.read(int(fields["content-length"]))
    else:
        # A stream never ends: some of it is enough.
        deadline = time.monotonic() + 5
        while b"event:" not in body and time.monotonic() < deadline:
            try:
                body += stream.readline()
            except TimeoutError:
                break
    return Reply(status, fields, body.decode("utf-8", "replace"))


class Player:
    def __init__(self, smtp_port, http_port, process):
        self.smtp_port, self.http_port, self.process = smtp_port, http_port, process
        self.saved = {}

    def fill(self, text):
        for name, value in self.saved.items():
            text = text.replace("{" + name + "}", value)
        return text

    def send(self, raw, is_head=False):
        """All responses to what is sent."""
        replies = []
        with socket.create_connection(("127.0.0.1", self.http_port), TIMEOUT) as connection:
            connection.sendall(raw)
            connection.settimeout(TIMEOUT)
            with connection.makefile("rb") as stream:
                while True:
                    try:
                        reply = parse(stream, is_head and not replies)
                    except (TimeoutError, ConnectionResetError):
                        break
                    if reply is None:
                        break
                    replies.append(reply)
                    if reply.fields.get("content-type", "").startswith("text/event-stream"):
                        break
                    connection.settimeout(0.5)
        return replies

    def ask(self, method, target, fields, body):
        fields = {"Host": "localhost", "Connection": "close", **fields}
        data = self.fill(body).encode() if body is not None else None
        if data is not None:
            fields["Content-Length"] = len(data)
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        raw = f"{method} {self.fill(target)} HTTP/1.1\r\n{head}\r\n".encode() + (data or b"")
        replies = self.send(raw, is_head=method == "HEAD")
        assert replies, f"no response to {method} {target}"
        return replies[0]

    def mail(self, mail, expected, repository):
        recipients = mail["to"] if isinstance(mail["to"], list) else [mail["to"]]
        memory = self.memory()
        identifier = None
        for number in range(1, mail.get("count", 1) + 1):
            subject = mail["subject"].replace("{i}", str(number))
            if "eml" in mail:
                path = repository / f"Tests/InboxTests/Cases/{mail['eml']}.eml"
                content = path.read_bytes()
            elif "one_line_bytes" in mail:
                content = b"Subject: x\r\n\r\n" + b"a" * mail["one_line_bytes"] + b"\r\n"
            else:
                content = (f"From: Me <me@example.com>\r\nTo: {', '.join(recipients)}\r\n"
                           f"Subject: {subject}\r\n\r\nHello {number}\r\n").encode()
            with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=TIMEOUT) as client:
                client.ehlo()
                client.mail("me@example.com")
                for recipient in recipients:
                    client.rcpt(recipient)
                code, text = client.data(content)
            said = f"{code} {text.decode()}"
            assert re.match(expected.get("smtp", "^250"), said), said
            identifier = said.rpartition(" ")[2]
            if code == 250:
                self.await_mail(identifier)
        grown = self.memory() - memory
        assert grown <= expected.get("rss_growth_max", grown), f"{grown} bytes more"
        return identifier

    def await_mail(self, identifier):
        """Waits until the console shows a message, which it does soon after its 250."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.create_connection(("127.0.0.1", self.http_port), TIMEOUT) as connection:
                # A message that is asked for counts as read.
                request = "GET /api/v1/messages?limit=50 HTTP/1.1\r\nHost: localhost\r\n"
                connection.sendall((request + "Connection: close\r\n\r\n").encode())
                with connection.makefile("rb") as stream:
                    if identifier in parse(stream, False).body:
                        return
            time.sleep(0.02)
        raise AssertionError(f"{identifier} does not come")

    def memory(self):
        text = pathlib.Path(f"/proc/{self.process}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text).group(1)) * 1024

    def check(self, reply, expected):
        if "status" in expected:
            assert reply.status in expected["status"], (reply.status, reply.body)
        for name, pattern in expected.get("headers", {}).items():
            value = reply.fields.get(name.lower())
            if pattern is None:
                assert value is None, (name, value)
            else:
                assert value is not None and re.search(pattern, value), (name, value)
        for path, value in expected.get("json", {}).items():
            wanted = self.fill(value) if isinstance(value, str) else value
            assert reply.json_at(path) == wanted, (path, reply.body)
        for text in expected.get("lacks", []):
            assert text not in reply.body, text
        for name, path in expected.get("save", {}).items():
            self.saved[name] = reply.json_at(path)
        if "first_event" in expected:
            event = re.search(r"event: (\w+)", reply.body)
            assert event and event.group(1) in expected["first_event"], reply.body

    def play(self, steps, repository):
        for step in steps:
            expected = step.get("expect", {})
            if "smtp" in step:
                identifier = self.mail(step["smtp"], expected, repository)
                if "as" in step:
                    self.saved[step["as"]] = identifier
                continue
            if "http" in step:
                reply = self.ask(*step["http"])
            elif "raw" in step:
                replies = self.send(step["raw"].encode(), step["raw"].startswith("HEAD"))
                assert len(replies) == expected.get("replies", len(replies)), replies
                assert replies, "no response"
                reply = replies[0]
            else:
                reply = self.ask("GET", step["sse"], step.get("headers", {}), None)
                assert reply.status == 200, reply.status
            self.check(reply, expected)


def main():
    smtp_port, http_port, process, path = sys.argv[1:]
    path = pathlib.Path(path)
    player = Player(int(smtp_port), int(http_port), int(process))
    player.play(json.loads(path.read_text())["steps"], path.parents[3])


main()
