#!/usr/bin/env python3
"""Uses the console as a Mailpit: with Mailpit's client for Python, and field by field.

    mailpit_api.py                                        our program, started for this
    mailpit_api.py http://127.0.0.1:8025 127.0.0.1:2525   a server that runs

Runs with the Python of scripts/python-tools.sh.
"""

import json

import httpx
import jsonschema
from mailpit.client.api import API

from subject import expect, run, until

MULTIPART = """\
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: multipart/alternative; boundary=a\r
\r
--a\r
Content-Type: text/plain\r
\r
Plain\r
--a\r
Content-Type: text/html\r
\r
<p>Rich</p>\r
--a--\r
--b\r
Content-Type: application/octet-stream\r
Content-Disposition: attachment; filename=note.txt\r
\r
attached\r
--b--\r
"""

# Mailpit's definitions (version 1.30.5), each field as it documents it.
STRING, INTEGER, BOOLEAN = {"type": "string"}, {"type": "integer", "minimum": 0}, {"type": "boolean"}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
ID = {"type": "string", "minLength": 1}


def fields(**properties):
    """An object with exactly these."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def many(items):
    return {"type": "array", "items": items}


def maybe(schema):
    return {"anyOf": [schema, {"type": "null"}]}


ADDRESS = fields(Name=STRING, Address=STRING)
ATTACHMENT = fields(PartID=STRING, FileName=STRING, ContentType=STRING, ContentID=STRING, Size=INTEGER,
                    Checksums=fields(MD5={"type": "string", "pattern": "^[0-9a-f]{32}$"},
                                     SHA1={"type": "string", "pattern": "^[0-9a-f]{40}$"},
                                     SHA256={"type": "string", "pattern": "^[0-9a-f]{64}$"}))
SUMMARY = fields(ID=ID, MessageID=STRING, Read=BOOLEAN, From=maybe(ADDRESS), To=maybe(many(ADDRESS)),
                 Cc=maybe(many(ADDRESS)), Bcc=maybe(many(ADDRESS)), ReplyTo=maybe(many(ADDRESS)), Subject=STRING,
                 Created=TIME, Username=STRING, Tags=many(STRING), Size=INTEGER, Attachments=INTEGER, Snippet=STRING)
SUMMARIES = fields(total=INTEGER, unread=INTEGER, count=INTEGER, messages_count=INTEGER, messages_unread=INTEGER,
                   start=INTEGER, tags=many(STRING), messages=many(SUMMARY))
MESSAGE = fields(ID=ID, MessageID=STRING, From=maybe(ADDRESS), To=many(ADDRESS), Cc=many(ADDRESS), Bcc=many(ADDRESS),
                 ReplyTo=many(ADDRESS), ReturnPath=STRING, Subject=STRING, Date=TIME, Tags=many(STRING),
                 Username=STRING, Text=STRING, HTML=STRING, Size=INTEGER, Inline=many(ATTACHMENT),
                 Attachments=many(ATTACHMENT),
                 ListUnsubscribe=fields(Header=STRING, Links=many(STRING), Errors=STRING, HeaderPost=STRING))
TRIGGER = fields(ErrorCode={"type": "integer", "minimum": 400, "maximum": 599},
                 Probability={"type": "integer", "minimum": 0, "maximum": 100})
CHAOS = fields(Sender=TRIGGER, Recipient=TRIGGER, Authentication=TRIGGER)
INFORMATION = fields(Version=STRING, LatestVersion=STRING, Database=STRING, DatabaseSize=INTEGER, Messages=INTEGER,
                     Unread=INTEGER, Tags={"type": "object", "additionalProperties": INTEGER},
                     RuntimeStats=fields(Uptime=INTEGER, Memory=INTEGER, MessagesDeleted=INTEGER, SMTPAccepted=INTEGER,
                                         SMTPAcceptedSize=INTEGER, SMTPRejected=INTEGER, SMTPIgnored=INTEGER))
# What we send besides: what older clients want, and what is wrong with a message.
OURS = {"Read", "Defects"}


def is_like(subject, path, schema):
    status, _, content = subject.ask("GET", path)
    expect(status == 200, f"{path}: {status}")
    value = json.loads(content)
    mine = {name: member for name, member in value.items() if name not in OURS or name in schema["properties"]}
    try:
        jsonschema.validate(mine, schema)
    except jsonschema.ValidationError as error:
        expect(False, f"{path}: {error.message} at {error.json_path}")
    return value


def mail(subject):
    """Sends two messages, and returns their ids when both are there, the newest first."""
    subject.ask("DELETE", "/api/v1/messages")
    subject.mail(["you@example.org"], "plain", Message_ID="<one@example.com>", Delivered_To="you@example.org",
                 Date="Thu, 01 Jan 2026 00:00:00 +0000", Content_Type="text/plain")
    subject.mail(["you@example.org", "hidden@example.org"], "parts", content=MULTIPART.partition("\r\n\r\n")[2],
                 MIME_Version="1.0", Content_Type="multipart/mixed; boundary=b", To="you@example.org")

    def ids():
        found = [message["ID"] for message in json.loads(subject.ask("GET", "/api/v1/messages")[2])["messages"]]
        return found if len(found) == 2 else None
    return until(10, "both messages are there", ids)


def shapes_are_mailpits(subject):
    """Each object has the fields that Mailpit documents, with their types, and no others"""
    newest, oldest = mail(subject)
    summaries = is_like(subject, "/api/v1/messages", SUMMARIES)
    expect(summaries["total"] == 2 and summaries["count"] == 2, f"two messages: {summaries['total']}")
    is_like(subject, "/api/v1/search?query=subject:plain", SUMMARIES)
    message = is_like(subject, f"/api/v1/message/{newest}", MESSAGE)
    expect([part["FileName"] for part in message["Attachments"]] == ["note.txt"], "it has one attachment")
    expect(message["HTML"].strip() == "<p>Rich</p>" and message["Text"].strip() == "Plain", "it has both texts")
    is_like(subject, f"/api/v1/message/{oldest}", MESSAGE)
    is_like(subject, "/api/v1/message/latest", MESSAGE)
    is_like(subject, f"/api/v1/message/{newest}/headers",
            {"type": "object", "properties": {}, "additionalProperties": many(STRING)})
    is_like(subject, "/api/v1/chaos", CHAOS)
    is_like(subject, "/api/v1/info", INFORMATION)


def answers_are_mailpits(subject):
    """Changes answer ok in plain text, and what is not there is 404 in plain text"""
    newest, oldest = mail(subject)
    for method, path, body in [
        ("PUT", "/api/v1/messages", json.dumps({"Read": True, "IDs": [newest]})),
        ("DELETE", "/api/v1/messages", json.dumps({"IDs": [newest]})),
        ("DELETE", "/api/v1/search?query=subject:plain", None),
        ("DELETE", "/api/v1/messages", None),
    ]:
        status, answer, content = subject.ask(method, path, {"Content-Type": "application/json"}, body)
        expect((status, content) == (200, b"ok"), f"{method} {path}: {status} {content}")
        expect(answer["Content-Type"].startswith("text/plain"), f"{method} {path}: {answer['Content-Type']}")
    status, answer, _ = subject.ask("GET", f"/api/v1/message/{oldest}")
    expect(status == 404 and answer["Content-Type"].startswith("text/plain"), f"a message that is gone: {status}")


def client_works(subject):
    """Mailpit's client for Python lists, reads, and fetches parts and headers"""
    newest, oldest = mail(subject)
    client = API(subject.address, timeout=30)
    messages = client.get_messages()
    expect([message.id for message in messages.messages] == [newest, oldest], "it lists both")
    message = client.get_message(oldest)
    expect((message.subject, message.from_.address) == ("plain", "me@example.com"), f"it reads {message}")
    expect(client.get_message_headers(oldest).message_id == ["<one@example.com>"], "it reads headers")
    part = client.get_message(newest).attachments[0]
    expect(client.get_message_attachment(newest, part.part_id).strip() == "attached", "it fetches a part")


def client_deletes_nothing_by_mistake(subject):
    """What this client sends as a form to delete or mark is refused, and deletes nothing"""
    ids = mail(subject)
    client = API(subject.address, timeout=30)
    for name, call in [("delete", lambda: client.delete_messages([ids[0]])),
                       ("mark", lambda: client.put_messages([ids[0]], "Read", True))]:
        try:
            call()
            expect(False, f"{name}: it is taken")
        except httpx.HTTPStatusError as error:
            expect(error.response.status_code == 400, f"{name}: {error.response.status_code}")
    expect(len(client.get_messages().messages) == 2, "both messages are still there")


if __name__ == "__main__":
    run(__doc__, [shapes_are_mailpits, answers_are_mailpits, client_works, client_deletes_nothing_by_mistake])
