#!/usr/bin/env python3
"""Has schemathesis look for requests whose answers are not what /api/openapi.json describes.

    openapi.py                                        our program, started for this
    openapi.py http://127.0.0.1:8025 127.0.0.1:2525   a server that runs

Runs with the Python of scripts/python-tools.sh.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from subject import Failure, expect, run

SECONDS = 300
# A stream does not end, and a wait takes its time.
LONG = ["/api/events", "/api/wait"]
# What a server that sends and fetches nothing cannot do.
IMPOSSIBLE = [("POST", "/api/v1/send"), ("POST", "/api/v1/message/{id}/release"), ("GET", "/api/v1/message/{id}/html-check"),
              ("GET", "/api/v1/message/{id}/link-check"), ("GET", "/api/v1/message/{id}/sa-check")]


def answers_are_as_described(subject):
    """Each answer is what the OpenAPI document says, whatever is asked"""
    for number in range(5):
        subject.mail(subject=f"case {number}", content="Hello\r\n" * number)
    command = [pathlib.Path(sys.executable).absolute().with_name("st"), "run", f"{subject.address}/api/openapi.json",
               "--phases", "examples,coverage,fuzzing", "--max-examples", "50", "--seed", "1",
               # A glob, a search or a rule has a grammar that a schema cannot say.
               "--checks", "all", "--exclude-checks", "positive_data_acceptance",
               "--suppress-health-check", "all", "--continue-on-failure", "--no-color", "--request-timeout", "70"]
    for path in [*LONG, *(path for _, path in IMPOSSIBLE)]:
        command += ["--exclude-path", path]
    with tempfile.TemporaryDirectory() as folder:
        try:
            result = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, cwd=folder)
        except subprocess.TimeoutExpired as error:
            raise Failure(f"schemathesis takes more than {SECONDS} s") from error
    expect(result.returncode == 0, result.stdout[-8000:] + result.stderr[-2000:])
    status = subject.ask("GET", "/livez")[0]
    expect(status == 200, f"the server answers {status} then")


def impossible_things_are_said_to_be(subject):
    """What Mailpit does and this server cannot is answered by 501, and the document says so"""
    described = json.loads(subject.ask("GET", "/api/openapi.json")[2])["paths"]
    for method, path in IMPOSSIBLE:
        expect("501" in described[path][method.lower()]["responses"], f"{path} is not described so")
        status, fields, content = subject.ask(method, path.replace("{id}", "latest"))
        expect(status == 501 and content and fields["Content-Type"].startswith("text/plain"), f"{path}: {status} {content}")


if __name__ == "__main__":
    run(__doc__, [answers_are_as_described, impossible_things_are_said_to_be])
