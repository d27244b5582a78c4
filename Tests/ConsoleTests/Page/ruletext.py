"""Rules as the mock knows them: enough of the language for errors with a column, counts and explanations."""

import difflib
import hashlib
import re

STAGES = "connect helo starttls auth mail rcpt data content message vrfy expn command quit".split()
TESTS = "peer listener tls sni helo user from to size bytes recipients messages commands open hops verb arg trips password".split()
PACES = "first after every chance over grey hold during per".split()
FIRST = """full: rcpt to=*@full.example first=2 per=to -> 452 4.2.2 Mailbox full
grey: rcpt to=@grey.example grey=60s..2d per=ip/24,from,to -> 451 4.7.1 Greylisted, try again later
connect over=20/s hold=5m per=ip -> 421 4.7.0 [{ip}] Slow down
connect open>50 per=ip -> 421 4.7.0 Too many connections
rcpt to=@big.example over=100/m hold=10m -> 421 4.7.28 Rate limited
message header.Subject=*invoice* -> 550 5.7.1 This message is likely unsolicited email
helo -> hide PIPELINING; announce SIZE 1000
data to=slow-* -> wait 0.8~6"""
RULE = re.compile(r'(?:(?P<name>[\w.-]+|"[^"]*"):\s+)?(?P<text>.*)')


class Rules:
    def __init__(self):
        self.last, self.rows = 0, []
        self.replace(FIRST)

    def replace(self, text):
        before = {(row["name"], row["text"]): row for row in self.rows}
        self.rows = []
        for line in text.splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            match = RULE.fullmatch(line.strip())
            key = (match["name"], match["text"])
            if key not in before:
                self.last += 1
                before[key] = {"id": self.last, "name": match["name"], "text": match["text"], "hits": 0, "origin": f"blackhole.conf:{len(self.rows) + 3}"}
            self.rows.append(before[key])
        self.generated = {"id": 1000, "text": "message -> accept", "hits": 0, "origin": "mode"}

    @property
    def etag(self):
        return f'"{hashlib.sha1(self.text().encode()).hexdigest()[:12]}"'

    def text(self):
        return "\n".join(f"{row['name']}: {row['text']}" if row["name"] else row["text"] for row in self.rows)

    def json(self):
        return {"rules": self.rows, "generated": [self.generated]}

    def hits(self):
        return [[row["id"], row["hits"]] for row in [*self.rows, self.generated]]

    def count(self, deferred, refused):
        for row in self.rows:
            share = {"full": deferred // 3, "grey": deferred - deferred // 3}.get(row["name"], refused if "Subject" in row["text"] else 0)
            row["hits"] += share

    def check(self, text):
        errors, warnings, seen = [], [], {}
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            if fault := self.fault(line):
                errors.append({"line": number, "column": fault[0], "error": fault[1]})
            elif line in seen:
                warnings.append({"line": number, "column": 1, "warning": f"never reached: line {seen[line]} answers first"})
            seen.setdefault(line, number)
        return {"errors": errors, "warnings": warnings}

    @staticmethod
    def fault(line):
        match = RULE.match(line)
        start = match.start("text")
        left, arrow, right = match["text"].partition("->")
        words = [(found.start() + start + 1, found[0]) for found in re.finditer(r'(?:[^\s"]|"[^"]*")+', left)]
        if not words or words[0][1] not in STAGES:
            return (words[0][0] if words else 1, f"unknown stage '{words[0][1] if words else ''}'; stages are {', '.join(STAGES)}")
        for column, word in words[1:]:
            key = re.split(r"[!<>=]", word)[0]
            if key.split(".")[0] not in [*TESTS, *PACES, "header", "param"]:
                meant = (difflib.get_close_matches(key, TESTS, 1, 0) or ["to"])[0]
                return column, f"unknown test '{key}'; did you mean '{meant}'?"
        if not arrow:
            return len(line) + 1, "an arrow and a step are missing; write '-> 450'"
        if not right.strip():
            return len(line) + 1, "a step is missing; write '-> 450'"
        return None

    def explain(self, question):
        words = question.split()
        if not words or words[0] not in STAGES:
            return {"rule": None, "answer": "", "passed": [], "error": f"unknown stage '{words[0] if words else ''}'"}
        facts = dict(word.partition("=")[::2] for word in words[1:])
        passed = []
        for row in self.rows:
            stage, *tests = row["text"].partition("->")[0].split()
            if stage != words[0]:
                passed.append({"id": row["id"], "why": f"is asked at {stage}"})
                continue
            wrong = next((test for test in tests if test.startswith("to=") and not facts.get("to", "").endswith(test[3:].lstrip("*@"))), None)
            if wrong:
                passed.append({"id": row["id"], "why": f"to is not {wrong[3:]}"})
                continue
            answer = row["text"].partition("->")[2].strip()
            if answer[:1] in "245":
                return {"rule": row, "answer": answer, "passed": passed}
            passed.append({"id": row["id"], "why": "does not answer"})
        return {"rule": None, "answer": {"connect": "220 mail.example.org ESMTP OK, ready", "data": "354 Start mail input"}.get(words[0], "250 OK, done"), "passed": passed}
