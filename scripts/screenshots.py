#!/usr/bin/python3
"""Takes the README's pictures of the console, light and dark, into docs/pictures.

    screenshots.py                our program, after ten minutes of made-up mail, as many as its chart shows
    screenshots.py --minutes 1    after fewer

Needs chromium, chromium-driver, python3-selenium and python3-pil: scripts/setup.sh console.
"""

import argparse
import collections
import io
import json
import pathlib
import random
import socket
import sys
import time

from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "Tests/ConsoleTests/Page"), str(ROOT / "Tests/ConsoleTests/Checks")]

from chromium import Chromium, Keys  # noqa: E402
from subject import started  # noqa: E402
from traffic import RULES, Traffic  # noqa: E402

PLACE = ROOT / "docs" / "pictures"
SIZE = 1180, 740
# Messages a second.
RATE = 900
# Of the 256 colors of a palette these are the picture's commonest, exactly; the others cover what is rare.
COMMON = 200


def reduce(picture):
    """The picture with a palette, which has a third of the bytes."""
    colors = sorted(picture.getcolors(1 << 24), reverse=True)[:COMMON]
    rare = picture.quantize(256 - len(colors), Image.Quantize.MAXCOVERAGE).getpalette()[:3 * (256 - len(colors))]
    palette = Image.new("P", (1, 1))
    palette.putpalette([channel for _, color in colors for channel in color] + rare)
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


def now(page):
    page.shows(".ranking", "example.org")


def messages(page):
    page.wait(lambda: page.all(".row"), "there are rows")
    page.press("j", "j", "j", Keys.ENTER)
    page.wait(lambda: page.all("[role=tab]"), "a message opens")
    page.js("document.getElementById('tab-transcript')?.click()")
    page.shows(".transcript", "EHLO")


def rules(page):
    page.shows(".status", "in force")
    page.find("textarea").send_keys(Keys.CONTROL, Keys.END)
    page.find("textarea").send_keys(Keys.ENTER, "rcpt too=*@slow.example -> wait 2; 450 4.2.1 Try again")
    page.find("#try").send_keys("rcpt to=you@full.example peer=127.0.0.11", Keys.ENTER)
    page.shows(".result", "452")
    page.shows(".problems", "did you mean")


def send(subject, traffic, minutes):
    """Lets mail come in waves, with a lull, and with a while in which much is deferred."""
    chance, drift, seconds = random.Random(7), 0.0, round(60 * minutes)
    idle = collections.deque()
    for second in range(seconds):
        drift = 0.93 * drift + 0.035 * chance.gauss(0, 1)
        traffic.rate = RATE * max(0, 1 + drift - (0.75 if 0.65 < second / seconds < 0.69 else 0))
        # Besides those that send there are some that only wait.
        idle.extend(socket.create_connection(subject.smtp) for _ in range(4))
        while len(idle) > traffic.rate / 15:
            idle.popleft().close()
        if second == seconds * 35 // 100:
            _, _, row = subject.ask("POST", "/api/rules", body="busy: mail chance=0.35 -> 451 4.3.2 Try again later")
        if second == seconds * 42 // 100:
            subject.ask("DELETE", f"/api/rules/{json.loads(row)['id']}")
        time.sleep(1)


def take(page):
    for theme in ("light", "dark"):
        for view in (now, messages, rules):
            page.look(*SIZE, theme=theme, motion="reduce")
            page.open(f"#/{view.__name__}")
            page.shows("#state", "live")
            view(page)
            file = PLACE / f"console-{view.__name__}-{theme}.png"
            picture = Image.open(io.BytesIO(page.driver.get_screenshot_as_png())).convert("RGB")
            reduce(picture).save(file, optimize=True)
            print(f"{file.relative_to(ROOT)}: {file.stat().st_size:,} bytes")
            page.js("document.querySelector('textarea')?.remove(); onbeforeunload = null")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=10)
    minutes = parser.parse_args().minutes
    PLACE.mkdir(exist_ok=True)
    with started("--host_name", "mail.example.org", "--keep", "5000", rules=RULES) as subject, Traffic(subject.smtp, RATE) as traffic:
        send(subject, traffic, minutes)
        page = Chromium(subject)
        try:
            take(page)
        finally:
            page.quit()


if __name__ == "__main__":
    main()
