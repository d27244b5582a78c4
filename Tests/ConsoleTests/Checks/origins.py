#!/usr/bin/env python3
"""Tries to reach the console as a foreign web page would.

    origins.py                                        our program, started for this
    origins.py http://127.0.0.1:8025 127.0.0.1:2525   a server that runs
"""

import http.client
import urllib.parse

from subject import expect, run

READS = ["/api/v1/messages", "/api/rules", "/api/sessions", "/api/server", "/api/v1/info", "/metrics"]
WRITES = [
    ("DELETE", "/api/v1/messages", None),
    ("PUT", "/api/v1/messages", '{"Read": true}'),
    ("DELETE", "/api/v1/search?query=x", None),
    ("PUT", "/api/rules", "mail -> 450\n"),
    ("POST", "/api/rules", "mail -> 450\n"),
    ("PUT", "/api/v1/chaos", '{"Sender": {"ErrorCode": 451, "Probability": 100}}'),
]
FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "https://evil.example", "Content-Type": "text/plain"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:1"},
]
HOSTS = ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", ""]
PATHS = ["/api/v1/messages%2f", "//api/v1/messages", "/api/../api/v1/messages", "/api/v1/./messages",
         "/api/v1/messages%00", "/%2e%2e/etc/passwd"]



def foreign_pages_change_nothing(subject):
    """A foreign page changes nothing, whatever it sends"""
    subject.mail()
    rules = subject.ask("GET", "/api/rules", {"Accept": "application/json"})[1]["ETag"]
    for method, path, body in WRITES:
        for fields in FOREIGN:
            status = subject.ask(method, path, fields, body)[0]
            expect(status == 403, f"{method} {path} with {fields}: {status}")
    after = subject.ask("GET", "/api/rules", {"Accept": "application/json"})[1]["ETag"]
    expect(rules == after, "the rules have changed")


def foreign_pages_read_nothing(subject):
    """A foreign page reads nothing: it is refused, or gets no permission"""
    for path in READS:
        for fields in FOREIGN:
            status, answer, _ = subject.ask("GET", path, fields)
            expect(status == 403, f"{path} with {fields}: {status}")
            expect("Access-Control-Allow-Origin" not in answer, f"{path} allows {fields}")
    for method in ["GET", "PUT", "DELETE"]:
        asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": method}
        status, answer, _ = subject.ask("OPTIONS", "/api/v1/messages", asked)
        expect("Access-Control-Allow-Origin" not in answer, f"a preflight of {method} is allowed: {status}")


def other_hosts_are_refused(subject):
    """A name that leads here by rebinding is refused"""
    place = urllib.parse.urlsplit(subject.address)
    for host in HOSTS:
        for path in ["/", "/api/v1/messages", "/metrics", "/livez"]:
            connection = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
            connection.putrequest("GET", path, skip_host=True)
            connection.putheader("Host", host)
            connection.endheaders()
            status = connection.getresponse().status
            connection.close()
            expect(status in (400, 403, 421), f"{path} of '{host}': {status}")


def crooked_paths_are_refused(subject):
    """A path that could be read in two ways is refused"""
    place = urllib.parse.urlsplit(subject.address)
    for path in PATHS:
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
        connection.putrequest("DELETE", path)
        connection.putheader("Origin", "https://evil.example")
        connection.endheaders()
        status = connection.getresponse().status
        connection.close()
        expect(status in (400, 403), f"{path}: {status}")


def own_pages_may(subject):
    """Our own page, and a client that is no browser, may do all that"""
    subject.mail()
    for fields in [{}, {"Origin": subject.address, "Sec-Fetch-Site": "same-origin"}]:
        status = subject.ask("GET", "/api/v1/messages", fields)[0]
        expect(status == 200, f"with {fields}: {status}")
        status = subject.ask("PUT", "/api/v1/messages", fields, '{"Read": true}')[0]
        expect(status == 200, f"a change with {fields}: {status}")
    status = subject.ask("GET", "/", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})[0]
    expect(status == 200, f"a link to the page: {status}")


if __name__ == "__main__":
    run(__doc__, [foreign_pages_change_nothing, foreign_pages_read_nothing, other_hosts_are_refused,
                  crooked_paths_are_refused, own_pages_may])
