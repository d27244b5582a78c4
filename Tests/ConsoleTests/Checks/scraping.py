#!/usr/bin/env python3
"""Has a real Prometheus scrape the console in both formats, and answer every expression of the dashboard.

    scraping.py                                        our program, started for this
    scraping.py http://127.0.0.1:8025 127.0.0.1:2525   a server that runs

Needs prometheus: scripts/setup.sh console.
"""

import contextlib
import http.server
import itertools
import json
import pathlib
import socket
import subprocess
import tempfile
import threading
import urllib.parse
import urllib.request

from subject import ROOT, Failure, expect, run, until

DASHBOARD = ROOT / "packaging/grafana/blackhole.json"
FORMATS = {
    "text/plain": "text/plain; version=0.0.4; charset=utf-8",
    "application/openmetrics-text": "application/openmetrics-text; version=1.0.0; charset=utf-8",
}


def metrics_are_valid(subject):
    """promtool finds no fault in the metrics, and each format has its type"""
    for accept, expected in FORMATS.items():
        status, fields, content = subject.ask("GET", "/metrics", {"Accept": accept})
        expect(status == 200 and fields["Content-Type"] == expected, f"{accept}: {status}, {fields['Content-Type']}")
        expect(content.endswith(b"# EOF\n") == accept.startswith("application"), f"{accept}: it ends badly")
    text = subject.ask("GET", "/metrics", {"Accept": "text/plain"})[2]
    lint = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, timeout=30)
    expect(lint.returncode == 0, (lint.stdout + lint.stderr).decode())


class InText(http.server.BaseHTTPRequestHandler):
    """Passes a scrape on, and asks for the old format."""

    subject = None

    def do_GET(self):
        status, fields, content = self.subject.ask("GET", self.path, {"Accept": "text/plain"})
        self.send_response(status)
        self.send_header("Content-Type", fields["Content-Type"])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


class Prometheus:
    """A Prometheus that scrapes the server each second, in both formats."""

    def __init__(self, port):
        self.address = f"http://127.0.0.1:{port}"

    def get(self, path, **query):
        url = f"{self.address}{path}?{urllib.parse.urlencode(query)}"
        try:
            with urllib.request.urlopen(url, timeout=10) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise Failure(f"{query}: {error.read().decode()}") from error
        except OSError:
            return None

    def query(self, expression):
        answer = self.get("/api/v1/query", query=expression)
        return answer["data"]["result"] if answer else []

    def targets(self):
        answer = self.get("/api/v1/targets")
        targets = answer["data"]["activeTargets"] if answer else []
        faults = [target["lastError"] for target in targets if target["lastError"]]
        expect(not faults, f"a scrape failed: {faults}")
        return len(targets) == 2 and all(target["health"] == "up" for target in targets)


@contextlib.contextmanager
def prometheus(subject):
    InText.subject = subject
    proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), InText)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        jobs = {"openmetrics": urllib.parse.urlsplit(subject.address).netloc,
                "text": f"127.0.0.1:{proxy.server_port}"}
        configuration = pathlib.Path(folder, "prometheus.yml")
        # JSON is YAML, too.
        configuration.write_text(json.dumps({
            "global": {"scrape_interval": "1s"},
            "scrape_configs": [{"job_name": name, "static_configs": [{"targets": [target]}]}
                               for name, target in jobs.items()]}))
        process = subprocess.Popen(
            ["prometheus", f"--config.file={configuration}", f"--storage.tsdb.path={folder}/data",
             f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"])
        try:
            server = Prometheus(port)
            until(60, "Prometheus has scraped both targets", server.targets)
            yield server
        finally:
            process.terminate()
            process.wait(30)
            proxy.shutdown()


def load(subject):
    """Mail of every outcome."""
    for recipients in (["you@example.org"], ["late@example.org"], ["none@example.org"],
                       ["you@example.org", "full@example.org"]):
        subject.mail(recipients)
    subject.mail(subject="cheap spam")


def panels():
    board = json.loads(DASHBOARD.read_text())
    return board, [panel for panel in board["panels"] if panel["type"] != "row"]


def expressions():
    board, shown = panels()
    for panel in shown:
        for target in panel["targets"]:
            expression = target["expr"].replace("$__rate_interval", "15s").replace("$__range", "15s")
            for name in ("job", "instance"):
                expression = expression.replace(f'=~"${name}"', '=~".+"')
            expect("$" not in expression, f"a variable is left in {expression}")
            yield panel["title"], expression


def dashboard_is_well_formed(subject):
    """The dashboard has panels with ids of their own that do not overlap, and takes its data from a variable"""
    board, shown = panels()
    expect(board["schemaVersion"] >= 36, "the schema is old")
    ids = [panel["id"] for panel in board["panels"]]
    expect(len(set(ids)) == len(ids), "two panels have one id")
    names = {variable["name"]: variable["type"] for variable in board["templating"]["list"]}
    expect(names.get("datasource") == "datasource", "there is no variable for the source of data")
    for panel in shown:
        sources = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
        expect(all(source["uid"] == "${datasource}" for source in sources), f"{panel['title']}: a fixed source")
        place = panel["gridPos"]
        expect(place["x"] + place["w"] <= 24, f"{panel['title']} is too wide")
    for one, other in itertools.combinations(board["panels"], 2):
        a, b = one["gridPos"], other["gridPos"]
        apart = (a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
                 or a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"])
        expect(apart, f"{one.get('title')} and {other.get('title')} overlap")


def prometheus_answers(subject):
    """Prometheus scrapes both formats, agrees with the server, and has data for each expression of the dashboard"""
    with prometheus(subject) as server:
        for _ in range(4):
            load(subject)
            subject.ask("GET", "/metrics")
        until(30, "a rate is above 0", lambda: load(subject) or [
            row for row in server.query("rate(blackhole_messages_total[15s])") if float(row["value"][1]) > 0])
        for title, expression in expressions():
            until(30, f"{title} has data: {expression}", lambda: load(subject) or any(
                row["value"][1] != "NaN" for row in server.query(expression)))
        text = subject.ask("GET", "/metrics")[2].decode()
        for line in text.splitlines():
            series, _, value = line.rpartition(" ")
            if not series.startswith(("blackhole_messages_total", "blackhole_recipients_total",
                                      "blackhole_rule_hits_total", "blackhole_message_size_bytes_bucket")):
                continue
            until(20, f"both jobs have {line}", lambda: [
                float(row["value"][1]) for row in server.query(series)] == [float(value)] * 2)


if __name__ == "__main__":
    run(__doc__, [metrics_are_valid, dashboard_is_well_formed, prometheus_answers],
        "--metrics_domains", "example.org", "--starttls", "True")
