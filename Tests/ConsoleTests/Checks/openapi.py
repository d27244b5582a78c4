#!/usr/bin/env python3
"""Has schemathesis look for requests whose answers are not what /api/openapi.json describes.

    openapi.py                                        our program, started for this
    openapi.py http://127.0.0.1:8025 127.0.0.1:2525   a server that runs

Runs with the Python of scripts/python-tools.sh.
"""

import pathlib
import subprocess
import sys

from subject import Failure, expect, run

SECONDS = 300
# A stream does not end, and a wait takes its time.
LONG = ["/api/events", "/api/wait"]


def answers_are_as_described(subject):
    """Each answer is what the OpenAPI document says, whatever is asked"""
    for number in range(5):
        subject.mail(subject=f"case {number}", content="Hello\r\n" * number)
    command = [pathlib.Path(sys.executable).with_name("st"), "run", f"{subject.address}/api/openapi.json",
               "--phases", "examples,coverage,fuzzing", "--max-examples", "25", "--seed", "1",
               "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,"
               "response_schema_conformance,response_headers_conformance,negative_data_rejection",
               "--suppress-health-check", "all", "--continue-on-failure", "--no-color", "--request-timeout", "70"]
    for path in LONG:
        command += ["--exclude-path", path]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired as error:
        raise Failure(f"schemathesis takes more than {SECONDS} s") from error
    expect(result.returncode == 0, result.stdout[-8000:] + result.stderr[-2000:])
    status = subject.ask("GET", "/livez")[0]
    expect(status == 200, f"the server answers {status} then")


if __name__ == "__main__":
    run(__doc__, [answers_are_as_described])
