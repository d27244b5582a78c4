#!/usr/bin/python3
"""Takes the README's pictures of the console, light and dark, into docs/pictures.

    screenshots.py [ADDRESS]     of a server that runs, or else of the tests' mock

Needs chromium, chromium-driver, python3-selenium and python3-pil: scripts/setup.sh console.
"""

import io
import pathlib
import sys

from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests" / "ConsoleTests" / "Page"))

from chromium import Chromium, Keys  # noqa: E402
from mock import Mock  # noqa: E402

PLACE = ROOT / "docs" / "pictures"
SIZE = 1180, 740
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
    page.find("#try").send_keys("rcpt to=you@full.example peer=10.0.0.1", Keys.ENTER)
    page.shows(".result", "452")
    page.shows(".problems", "did you mean")


def main():
    address = sys.argv[1].rstrip("/") if len(sys.argv) > 1 else Mock(rate=940).address
    PLACE.mkdir(exist_ok=True)
    page = Chromium(address)
    try:
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
    finally:
        page.quit()


if __name__ == "__main__":
    main()
