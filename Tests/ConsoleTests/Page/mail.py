"""Mail, sessions and a report that are made up: plain ones, ones with HTML and attachments, refused and hostile ones."""

import email.message
import email.policy
import hashlib
import time

DOMAINS = {"example.org": 0.52, "big.example": 0.21, "full.example": 0.11, "shop.example": 0.08, "xn--bcher-kva.example": 0.05, "grey.example": 0.03}
CLIENTS = {"10.0.0.11": 0.41, "10.0.0.12": 0.33, "10.0.7.3": 0.17, "2001:db8::25": 0.09}
SUBJECTS = ["Your order 4711 has shipped", "Reset your password", "Weekly report, week 48", "Grüße aus Köln ✓", "Invoice 2026-1128", "[build] main #1894 passed",
            "Welcome aboard", "Re: lunch?", "", "<script>alert(1)</script> & <b>bold</b>", "A very long subject that goes on and on, as those of newsletters do, and is cut somewhere"]
LETTERS = "0123456789BCDFGHJKLMNPQRSTVWXZ"
FILES = [("invoice.pdf", b"%PDF-1.7 not really"), ("<img src=x onerror=alert(1)>.svg", b"<svg/>")]
WORDS = "Hello,\n\nthis is what a test sends: a few lines of text, and nothing that anybody needs.\n\nBest wishes\n"


def name(random, length=12):
    return "".join(random.choice(LETTERS) for _ in range(length))


def when(seconds):
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{int(seconds % 1 * 1000):03d}Z"


def weighted(random, table):
    return random.choices(list(table), list(table.values()))[0]


def entry(random, at, rules, started):
    """An entry of the API, and the session that it came in."""
    outcome = random.choices(["accepted", "deferred", "refused"], [0.88, 0.08, 0.04])[0]
    domain = "full.example" if outcome == "deferred" and random.random() < 0.5 else weighted(random, DOMAINS)
    to = [f"{random.choice(['you', 'info+spring', 'kim', 'seq-' + str(random.randrange(100000))])}@{domain}" for _ in range(random.choice([1, 1, 1, 1, 3]))]
    stage, rule, reply = {
        "accepted": ("message", None, (250, "2.0.0", "OK, done; queued as {id}")),
        "deferred": ("rcpt", "full", (452, "4.2.2", "Mailbox full")) if domain == "full.example" else ("rcpt", "grey", (451, "4.7.1", "Greylisted, try again later")),
        "refused": ("message", None, (550, "5.7.1", "This message is likely unsolicited email")),
    }[outcome]
    key, session, peer = name(random), name(random, 10), weighted(random, CLIENTS)
    subject = random.choice(SUBJECTS) if stage == "message" else None
    one = {"id": key, "at": when(at), "from": random.choice(["me@example.org", "news@shop.example", "", "ci@build.example"]), "to": to, "outcome": outcome,
           "stage": stage, "reply": {"code": reply[0], "enhanced": reply[1], "text": reply[2].format(id=key)}, "rule": rule, "peer": peer,
           "helo": f"mta-{peer.rpartition('.')[2] or 6}.example.org", "tls": random.choice(["TLSv1.3", "TLSv1.3", None]), "user": random.choice([None, "ci"]),
           "listener": "127.0.0.1:2525", "size": random.choice([900, 4200, 61000, 2400000]) if stage == "message" else 0, "subject": subject, "session": session,
           "kept": stage == "message"}
    said = [("S", "220 mail.example.org ESMTP OK, ready"), ("C", f"EHLO {one['helo']}"), ("S", "250-mail.example.org\n250-PIPELINING\n250 SIZE"),
            *([("C", "AUTH PLAIN ****"), ("S", "235 2.7.0 OK")] if one["user"] else []), ("C", f"MAIL FROM:<{one['from']}>"), ("S", "250 2.1.0 OK, done")]
    for address in to:
        said += [("C", f"RCPT TO:<{address}>"), ("S", f"{reply[0]} {reply[1]} {reply[2]}" if stage == "rcpt" else "250 2.1.5 OK, done")]
    if stage == "message":
        said += [("C", "DATA"), ("S", "354 Start mail input; end with <CRLF>.<CRLF>"), ("C", f"({one['size']} bytes)"), ("S", f"{reply[0]} {reply[1]} {one['reply']['text']}")]
    said += [("C", "QUIT"), ("S", "221 2.0.0 Bye")]
    row = {"id": session, "peer": f"{peer}:{random.randrange(30000, 60000)}", "helo": one["helo"], "tls": one["tls"], "user": one["user"], "listener": one["listener"],
           "opened": when(at - 0.02), "seconds": round(random.random() / 5, 3), "messages": 1, "refused": int(outcome != "accepted"), "bytes": one["size"] + 400,
           "ended": random.choices(["quit", "eof", "reset", None], [0.85, 0.06, 0.03, 0.06])[0], "transcript": [{"who": who, "text": text} for who, text in said]}
    return one, row


def hostile(place="http://evil.example"):
    """HTML that wants to run, to load from a place, and to lead there."""
    return (f"<base href='{place}/base/'><meta http-equiv=refresh content='0; url={place}/refresh'><link rel=stylesheet href='{place}/x.css'>"
            f"<link rel=prefetch href='{place}/prefetch'><style>@import '{place}/import.css'; body {{ background: url({place}/background) }}"
            f"@font-face {{ font-family: f; src: url({place}/font) }} h1 {{ font-family: f }}</style>"
            f"<h1>Hello</h1><p style='color:#a33'>An <b>HTML</b> part.</p><img src='{place}/pixel.png' srcset='{place}/2.png 2x' onerror='top.document.title=\"owned\"'>"
            f"<script>parent.document.title='owned'; top.location='{place}/top'; fetch('{place}/fetch')</script><script src='{place}/x.js'></script>"
            f"<iframe src='{place}/frame'></iframe><iframe srcdoc='<img src={place}/srcdoc>'></iframe><object data='{place}/object'></object>"
            f"<embed src='{place}/embed'><video poster='{place}/poster' src='{place}/video' autoplay></video><svg><image href='{place}/svg'/></svg>"
            f"<svg onload='fetch(\"{place}/onload\")'></svg><form action='{place}/form'><button>Send</button></form>"
            f"<a href='{place}/link'>A link</a> <a href='{place}/out' target=_top>Out</a> <a href='javascript:parent.document.title=\"owned\"'>Run</a>")


HOSTILE = hostile()


def kind(one):
    """0: text alone; 1: with HTML; 2: with attachments, too; 3: HTML, and a defect."""
    return sum(map(ord, one["id"])) % 4


def source(one):
    """A message as it is sent."""
    made = email.message.EmailMessage(email.policy.SMTP)
    made["From"] = one["from"] or "mailer-daemon@example.org"
    made["To"] = ", ".join(one["to"])
    if one["subject"]:
        made["Subject"] = one["subject"]
    made["Message-ID"] = f"<{one['id']}@example.org>"
    made["X-Blackhole-Seq"] = str(kind(one))
    made.set_content(WORDS)
    if kind(one):
        made.add_alternative(HOSTILE, subtype="html")
    for file, content in FILES if kind(one) == 2 else []:
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=file)
    return made


def message(one):
    """A message in Mailpit's shape, with its source, its header fields and the bytes of its parts."""
    made = source(one)
    attached = [{"PartID": str(part), "FileName": file, "ContentType": "application/octet-stream", "ContentID": "", "Size": len(content),
                 "Checksums": {"MD5": hashlib.md5(content).hexdigest(), "SHA1": hashlib.sha1(content).hexdigest(), "SHA256": hashlib.sha256(content).hexdigest()},
                 "content": content} for part, (file, content) in enumerate(FILES if kind(one) == 2 else [], 2)]
    address = lambda text: {"Name": "", "Address": text}
    return {"ID": one["id"], "MessageID": f"{one['id']}@example.org", "From": address(one["from"]), "To": [address(to) for to in one["to"]], "Cc": [], "Bcc": [], "ReplyTo": [],
            "ReturnPath": one["from"], "Subject": one["subject"] or "", "Date": one["at"], "Tags": [], "Username": one["user"] or "", "Text": WORDS, "HTML": HOSTILE if kind(one) else "", "Size": one["size"],
            "Inline": [], "Attachments": [{key: value for key, value in part.items() if key != "content"} for part in attached],
            "Defects": ["the last boundary is missing"] if kind(one) == 3 else [], "Raw": made.as_bytes(), "Headers": {key: made.get_all(key) for key in made.keys()},
            "Parts": {part["PartID"]: part["content"] for part in attached}}


REPORT = {
    "schema": 1, "runs": ["load-2", "load-1"], "run": "load-2", "start": "2026-11-28T09:30:00.000Z", "end": "2026-11-28T09:31:02.400Z", "seconds": 62.4, "window": 60.0,
    "verdict": [{"check": "loss", "passed": True, "text": "0 missing"}, {"check": "duplicates", "passed": False, "text": "2 seen twice"}, {"check": "latency:p99>5s", "passed": True, "text": "p99 0.41 s"}],
    "traffic": {"messages": 1200000, "recipients": 1200000, "bytes": 1260000000, "mean": 20000, "highest": 24310, "lowest": 17002},
    "integrity": {"expected": 1200000, "once": 1199998, "duplicates": 2, "missing": 0, "disordered": 0.031, "examples": {"duplicates": [5512, 90871], "missing": []}},
    "delivery": {"p50": 0.021, "p90": 0.034, "p99": 0.41, "p999": 2.2, "max": 3.9, "skewed": 0},
    "transaction": {"p50": 0.0004, "p99": 0.0022},
    "connections": {"opened": 12031, "highest": 512, "mean": 99.7, "ended": {"quit": 12000, "eof": 31}},
    "retry": {"attempts": [1186800, 13200, 0], "p50": 300.4, "max": 301},
    "replies": [["rcpt", 250, 1200000], ["rcpt", 451, 12000], ["rcpt", 452, 1200], ["message", 250, 1200000]], "rules": [["grey", 12000], ["full", 1200]],
    "domains": [{"domain": "example.org", "accepted": 900000, "deferred": 12000, "refused": 0}, {"domain": "big.example", "accepted": 300000, "deferred": 1200, "refused": 0}],
    "limits": {"busy": 0.71, "overflows": 0, "dropped": 0, "bottleneck": False},
}
