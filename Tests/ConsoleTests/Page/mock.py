#!/usr/bin/python3
"""A console without a mail server: the page's files, and the API with mail that is made up.

    mock.py [--port 8025] [--rate 40]

The tests of the page and the pictures of the README use it. `POST /mock` with JSON changes what it plays: `rate` messages
a second, `writable`, `sample` (whether it thins the stream as asked), `away` (refuses and ends streams), `keep`.
"""

import argparse
import http.server
import json
import pathlib
import queue
import random
import re
import threading
import time
import urllib.parse

import mail
import ruletext

PAGE = pathlib.Path(__file__).resolve().parents[3] / "Sources" / "Console" / "Page"
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
          "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
MAIL_POLICY = ("sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; "
               "frame-ancestors 'self'")
FILTERS = {"to", "from", "subject", "header", "user", "listener", "domain", "tag", "rule", "outcome"}


def stamp(seconds):
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{whole}.{int(seconds % 1 * 1000):03d}Z"


class Fault(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class World:
    """What the server would know, and the one thread that lets it happen."""

    def __init__(self, rate, history=600, seed=7):
        self.lock = threading.RLock()
        self.random = random.Random(seed)
        self.first_rate = rate
        self.rate, self.writable, self.thins, self.away, self.keep = rate, True, True, False, 5000
        self.started = time.time() - 3 * 3600 - 740
        self.entries, self.sessions, self.streams, self.requests = [], {}, [], []
        self.replies, self.domains, self.clients, self.rates = {}, {}, {}, []
        self.cursor = self.dropped = self.drift = 0
        self.rules = ruletext.Rules()
        self.begun = now = time.time()
        for back in range(history if rate else 0, 0, -1):
            self.second(now - back, sends=back < 20)
        threading.Thread(target=self.live, daemon=True).start()

    def live(self):
        following = time.time() + 1
        while True:
            time.sleep(max(0, following - time.time()))
            with self.lock:
                self.second(following, sends=True)
            following = max(following + 1, time.time())

    def second(self, at, sends):
        """One second of traffic: counts for all of it, and entries for some."""
        self.drift = 0.93 * self.drift + 0.035 * self.random.gauss(0, 1)
        wave = max(0, 1 + self.drift + 0.02 * self.random.gauss(0, 1) - (0.75 if 400 < (at - self.begun) % 600 < 425 else 0))
        total = max(0, round(self.rate * wave))
        deferred = round(total * (0.35 if 220 < (at - self.begun) % 600 < 260 else 0.04))
        refused = round(total * 0.02)
        number = min(total, 40) if sends else 0
        made = [mail.entry(self.random, at - 1 + index / max(number, 1), self.rules, self.started) for index in range(number)]
        for entry, session in made:
            self.keep_entry(entry, session)
        if not self.thins and sends:
            self.flood(total - number)
        self.count(total, deferred, refused, at)
        busy = min(0.98, 0.01 + total / 24000)
        rate = {"at": stamp(at), "messages": total, "accepted": total - deferred - refused, "deferred": deferred,
                "refused": refused, "connections": total // 20, "open": round(total / 15 + 3 * self.random.random()) if total else 0,
                "bytes": total * 4200, "latency": {"p50": 0.0004, "p99": 0.0012 + total / 4e6 + self.random.random() / 1500} if total else {"p50": None, "p99": None}}
        self.rates = (self.rates + [rate])[-600:]
        self.send("rates", {**rate, "replies": [[*key, n] for key, n in self.replies.items()],
                            "rules": self.rules.hits(), "domains": top(self.domains), "clients": top(self.clients),
                            "sampled": max(1, total // 40) if self.thins else 1, "busy": busy, "overflows": 0, "dropped": self.dropped})

    def flood(self, number):
        """Sends the last entry again and again, each with an id of its own: nothing is thinned."""
        text = json.dumps({"id": "@", **{name: value for name, value in self.entries[-1].items() if name != "id"}})
        for _ in range(number):
            self.cursor += 1
            event = f"event: message\nid: mock-{self.cursor}\ndata: {text.replace('@', f'F{self.cursor}', 1)}\n\n"
            for stream in self.streams:
                stream.put(event)

    def keep_entry(self, entry, session):
        self.entries.append(entry)
        self.sessions[session["id"]] = session
        if len(self.entries) > self.keep:
            del self.entries[:len(self.entries) - self.keep]
        while len(self.sessions) > 1000:
            del self.sessions[next(iter(self.sessions))]
        self.send("message", entry)
        self.send("session", {name: value for name, value in session.items() if name != "transcript"})

    def count(self, total, deferred, refused, at):
        for stage, code, n in (("connect", 220, total // 20), ("helo", 250, total // 20), ("mail", 250, total), ("rcpt", 250, total),
                               ("rcpt", 452, deferred // 3), ("rcpt", 451, deferred - deferred // 3), ("data", 354, total - deferred),
                               ("message", 250, total - deferred - refused), ("message", 550, refused), ("quit", 221, total // 20)):
            if n:
                self.replies[stage, code] = self.replies.get((stage, code), 0) + n
        for name, share in mail.DOMAINS.items():
            if total:
                self.domains[name] = self.domains.get(name, 0) + round(total * share)
        for name, share in mail.CLIENTS.items():
            if total:
                self.clients[name] = self.clients.get(name, 0) + round(total * share)
        self.rules.count(deferred, refused)

    def play(self, **changes):
        """Changes what is played: `rate`, `writable`, `thins`, `away`, `keep`, `dropped`; or lets something happen."""
        with self.lock:
            if changes.pop("clear", False):
                self.entries, self.sessions, self.rates, self.replies, self.domains, self.clients = [], {}, [], {}, {}, {}
            rules, entry, reset = (changes.pop(name, None) for name in ("rules", "entry", "reset"))
            for name, value in changes.items():
                setattr(self, name, value)
            if reset:
                self.reset(reset, dropped=self.dropped)
            if rules is not None:
                self.rules.replace(rules)
                self.send("rules", {"etag": self.rules.etag})
            if entry is not None:
                made, session = mail.entry(self.random, time.time(), self.rules, self.started)
                self.keep_entry({**made, **entry}, session)
            if self.away:
                for stream in self.streams:
                    stream.put(None)

    def restore(self):
        """Plays what it played at first."""
        self.play(rate=self.first_rate, writable=True, thins=True, away=False, dropped=0, keep=5000, rules=ruletext.FIRST)
        with self.lock:
            while sum(each["kept"] for each in self.entries) < 100:
                self.second(time.time(), sends=True)

    def send(self, kind, data):
        self.cursor += 1
        text = f"event: {kind}\nid: mock-{self.cursor}\ndata: {json.dumps(data)}\n\n"
        for stream in self.streams:
            stream.put(text)

    def reset(self, reason, **more):
        self.send("reset", {"reason": reason, **more})


def top(counts):
    return sorted(([name, n] for name, n in counts.items()), key=lambda row: -row[1])[:10]


def fits(entry, query):
    def glob(pattern, text):
        pattern = ("*" + pattern if pattern.startswith("@") else pattern).lower()
        return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), text.lower(), re.S)
    for name, wanted in query.items():
        if name == "outcome" and wanted not in ("any", entry["outcome"]):
            return False
        if name == "to" and not any(glob(wanted, to) for to in entry["to"]):
            return False
        if name == "domain" and not any(glob(wanted, to.rpartition("@")[2]) for to in entry["to"]):
            return False
        if name == "tag" and not any(glob(wanted, (re.search(r"\+([^@]*)@", to) or [0, ""])[1]) for to in entry["to"]):
            return False
        if name in ("from", "user", "listener", "rule") and not glob(wanted, entry[name] or ""):
            return False
        if name in ("subject", "query") and wanted.lower() not in json.dumps(entry, ensure_ascii=False).lower():
            return False
    return True


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    world = None

    def log_message(self, *_):
        pass

    def do(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        world = self.world
        try:
            if url.path == "/mock":
                world.play(**json.loads(body))
                return self.answer(204)
            world.requests.append(f"{self.command} {self.path}")
            if world.away:
                self.close_connection = True
                return self.connection.shutdown(2)
            if url.path == "/api/events":
                return self.events(query)
            with world.lock:
                self.route(url.path, query, body)
        except Fault as fault:
            self.answer(fault.status, {"error": str(fault)})

    do_GET = do_PUT = do_POST = do_DELETE = do

    def answer(self, status, body=b"", kind="application/json", **headers):
        if not isinstance(body, bytes):
            body = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def route(self, path, query, body):
        world = self.world
        if path in ("/", "/favicon.ico") or re.fullmatch(r"/[\w-]+\.(js|css|svg|html)", path):
            return self.file(path)
        if match := re.fullmatch(r"/view/([^/]+)\.html", path):
            return self.answer(200, mail.message(self.find(match[1]))["HTML"], "text/html", Content_Security_Policy=MAIL_POLICY)
        if self.command != "GET" and not world.writable and path not in ("/api/explain", "/api/check"):
            raise Fault(403, "read-only: started with http_read_only")
        parts = [urllib.parse.unquote(part) for part in path.split("/")[2:]]
        match (self.command, *parts):
            case "GET", "server":
                self.answer(200, {
                    "name": "mail.example.org", "version": "1.0.0", "now": stamp(time.time()), "started": stamp(world.started),
                    "listeners": [{"name": "127.0.0.1:2525", "host": "127.0.0.1", "port": 2525, "security": "clear"},
                                  {"name": "127.0.0.1:2465", "host": "127.0.0.1", "port": 2465, "security": "tls"}],
                    "writable": world.writable, "keep": world.keep, "track": True})
            case "GET", "rates":
                self.answer(200, {"rates": world.rates[-int(query.get("seconds", 600)):]})
            case "GET", "messages":
                self.listing("messages", [entry for entry in reversed(world.entries) if fits(entry, self.checked(query))], query)
            case "GET", "messages", key:
                self.answer(200, self.find(key))
            case "GET", "sessions":
                self.checked(query)
                rows = [{name: value for name, value in session.items() if name != "transcript"} for session in reversed(world.sessions.values())
                        if query.get("user", "*") in ("*", session["user"])]
                self.listing("sessions", rows, query)
            case "GET", "sessions", key:
                if key not in world.sessions:
                    raise Fault(404, "no such session")
                self.answer(200, world.sessions[key])
            case "GET", "report":
                self.answer(200, mail.REPORT | {"run": query.get("run", "load-2")} if world.rate else {"schema": 1, "runs": []})
            case "POST", "explain":
                self.answer(200, world.rules.explain(body))
            case "POST", "check":
                self.answer(200, world.rules.check(body))
            case "GET", "rules":
                self.answer(200, world.rules.json(), ETag=world.rules.etag)
            case "PUT", "rules":
                if self.headers.get("If-Match") not in (None, world.rules.etag):
                    raise Fault(412, "the rules have changed")
                if errors := world.rules.check(body)["errors"]:
                    return self.answer(400, errors[0])
                world.rules.replace(body)
                world.send("rules", {"etag": world.rules.etag})
                self.answer(200, world.rules.json(), ETag=world.rules.etag)
            case "DELETE", "v1", "messages":
                ids = json.loads(body)["IDs"] if body else None
                world.entries = [entry for entry in world.entries if not (entry["id"] in ids if ids else fits(entry, query))]
                world.reset("deleted")
                self.answer(200, "ok", "text/plain")
            case "GET", "v1", "message", key, *more:
                self.message(mail.message(self.find(key)), more, query)
            case _:
                raise Fault(404, f"nothing at {path}")

    def file(self, path):
        if path == "/favicon.ico":
            return self.answer(204)
        file = PAGE / (path[1:] or "index.html")
        if not file.exists():
            raise Fault(404, f"nothing at {path}")
        self.answer(200, file.read_bytes(), TYPES[file.suffix], Content_Security_Policy=POLICY, Referrer_Policy="no-referrer")

    def checked(self, query):
        for name in query:
            if name not in FILTERS | {"query", "limit", "before"}:
                raise Fault(400, f"unknown parameter '{name}'")
        return query

    def find(self, key):
        for entry in self.world.entries:
            if entry["id"] == key:
                return entry
        raise Fault(404, "no such message")

    def listing(self, name, rows, query):
        total = len(rows)
        if "before" in query:
            places = [index for index, row in enumerate(rows) if row["id"] == query["before"]]
            rows = rows[places[0] + 1:] if places else []
        self.answer(200, {name: rows[:int(query.get("limit", 50))], "total": total})

    def message(self, message, more, query):
        match more:
            case []:
                self.answer(200, {key: value for key, value in message.items() if key not in ("Raw", "Headers", "Parts")})
            case ["raw"]:
                extra = {"Content_Disposition": f'attachment; filename="{message["ID"]}.eml"'} if "dl" in query else {}
                self.answer(200, message["Raw"], "text/plain", **extra)
            case ["headers"]:
                self.answer(200, message["Headers"])
            case ["part", key] if key in message["Parts"]:
                self.answer(200, message["Parts"][key], "application/octet-stream", Content_Disposition="attachment")
            case _:
                raise Fault(404, "no such part")

    def events(self, query):
        world, stream = self.world, queue.SimpleQueue()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        with world.lock:
            world.streams.append(stream)
        try:
            self.wfile.write(b"retry: 1000\n\n:\n\n")
            while True:
                try:
                    text = stream.get(timeout=0.5)
                except queue.Empty:
                    text = ":\n\n"
                if text is None:
                    break
                texts = [text]
                while len(texts) < 1000 and not stream.empty() and (more := stream.get()) is not None:
                    texts.append(more)
                self.wfile.write("".join(texts).encode())
        except OSError:
            pass
        finally:
            with world.lock:
                world.streams.remove(stream)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A browser that closes a connection is no news."""


class Mock:
    """A mock that listens on a loopback port, in this process."""

    def __init__(self, port=0, rate=40, **more):
        handler = type("MockHandler", (Handler,), {"world": World(rate, **more)})
        self.server = Server(("127.0.0.1", port), handler)
        self.world = handler.world
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--port", type=int, default=8025)
    parser.add_argument("--rate", type=int, default=40)
    options = parser.parse_args()
    mock = Mock(options.port, options.rate)
    print(mock.address, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
