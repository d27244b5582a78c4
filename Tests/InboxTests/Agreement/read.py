#!/usr/bin/python3 -I
"""Has Python's email read messages: those of corpus.py, and those that packages have installed.

Writes each to the folder that is named, and to read.json there their names and what Python reads. A message for
which Python takes longer than a second has no values.
"""

import email
import email.policy
import glob
import json
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import corpus

PACKAGES = (
    "/usr/lib/python3*/test/test_email/data/*.txt",
    "/usr/share/gocode/src/github.com/jhillyerd/enmime/testdata/*/*.raw",
)


class TooSlow(Exception):
    pass


def too_slow(*_):
    raise TooSlow


def lines(text):
    return text.replace("\r\n", "\n").replace("\r", "\n")


def clear(value):
    """Bytes that Python keeps as half surrogates become UTF-8 (RFC 6532), and other halves U+FFFD."""
    if isinstance(value, list):
        return [clear(item) for item in value]
    if not isinstance(value, str):
        return value
    whole = "".join("\ufffd" if "\ud800" <= c <= "\udfff" and not "\udc80" <= c <= "\udcff" else c for c in value)
    return whole.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def addresses(message, name):
    fields = message.get_all(name, [])
    fields = fields[:1] if name == "from" else fields
    return [[a.display_name, a.addr_spec] for field in fields for a in field.addresses]


def identifier(value):
    return value if value is None else str(value).strip().strip("<>").strip()


def date(message):
    field = message["date"]
    return None if field is None or field.datetime is None else int(field.datetime.timestamp())


def parts(message, path=""):
    """The parts with their paths, and not those of a message within the message."""
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        for number, part in enumerate(message.iter_parts(), 1):
            inner = f"{path}.{number}" if path else str(number)
            yield inner, part
            yield from parts(part, inner)


def values(message):
    """What is compared, each as a function, since any may raise."""
    def body(kind):
        found = message.get_body((kind,))
        # What has a file's name is an attachment, here.
        return "" if found is None or found.get_filename() else lines(found.get_content())

    yield "subject", lambda: str(message.get("subject", "")).strip(" \t")
    yield "date", lambda: date(message)
    yield "message-id", lambda: identifier(message.get("message-id"))
    for name in ("from", "to", "cc"):
        yield name, lambda name=name: addresses(message, name)
    yield "text", lambda: body("plain")
    yield "html", lambda: body("html")
    found = list(parts(message)) or [("0", message)]
    yield "parts", lambda: [[path, part.get_content_type()] for path, part in found]
    for path, part in found:
        yield f"{path} file", lambda part=part: part.get_filename() or None
        yield f"{path} disposition", lambda part=part: part.get_content_disposition()
        yield f"{path} content-id", lambda part=part: identifier(part.get("content-id"))
        if part.get_content_maintype() not in ("multipart", "message"):
            yield f"{path} bytes", lambda part=part: part.get_payload(decode=True).hex()
        if part.get_content_maintype() == "text":
            yield f"{path} text", lambda part=part: lines(part.get_content())


def read(content):
    result = {}
    signal.setitimer(signal.ITIMER_REAL, 1)
    try:
        for name, value in values(email.message_from_bytes(content, policy=email.policy.default)):
            try:
                result[name] = clear(value())
            except TooSlow:
                raise
            except Exception as error:
                result[name] = {"raises": type(error).__name__}
    except TooSlow:
        return {"all": {"raises": "TooSlow"}}
    except Exception as error:
        return {"all": {"raises": type(error).__name__}}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return result


def messages():
    yield from corpus.messages()
    for pattern in PACKAGES:
        for path in sorted(glob.glob(pattern)):
            with open(path, "rb") as file:
                yield "package/" + "/".join(path.split("/")[-2:]), file.read()


def main():
    signal.signal(signal.SIGALRM, too_slow)
    folder = sys.argv[1]
    result = []
    for number, (name, content) in enumerate(messages()):
        with open(f"{folder}/{number}", "wb") as file:
            file.write(content)
        result.append({"name": name, "file": str(number), "read": read(content)})
    with open(f"{folder}/read.json", "w") as file:
        json.dump(result, file)


main()
