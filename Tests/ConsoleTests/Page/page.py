#!/usr/bin/python3
"""Drives the console's page in Chromium through every view and action.

    page.py                                        our program, started for this; then a mock, for states of the page
    page.py http://127.0.0.1:8025 127.0.0.1:2525   a server that runs, whose messages are deleted; no mock
    page.py --only WORD                            the checks whose sentence has this word

Needs chromium, chromium-driver and python3-selenium: scripts/setup.sh console.
"""

import argparse
import gzip
import itertools
import json
import pathlib
import re
import sys
import time
import traceback
import urllib.request

import real
import states
import traffic
from chromium import Checks, Chromium, Failure, Keys, expect
from colors import SIGHTS, distance
from mock import Mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Checks"))

from subject import Subject, started  # noqa: E402

VIEWS = ["now", "messages", "sessions", "rules", "report"]
SIZES = [(360, 740), (1280, 800), (3840, 2160)]
CHECKS = Checks()
check = CHECKS.check
SIZE_LIMIT = 60_000
# In L*a*b*: 2 can just be told apart side by side.
APART = 30


def get(address, path):
    request = urllib.request.Request(address + path, headers={"Accept": "application/json, */*"})
    with urllib.request.urlopen(request) as response:
        return response.headers, response.read()


@check()
def all_files_are_ours_strict_and_small(page):
    """The page's files have a strict policy, name nothing elsewhere, and are under 60 KB gzipped"""
    headers, index = get(page.address, "/")
    names = sorted(set(re.findall(r'(?:href|src)="([\w-]+\.\w+)"', index.decode())))
    size = len(gzip.compress(index))
    for name in names:
        headers, content = get(page.address, f"/{name}")
        size += len(gzip.compress(content))
        policy = headers["Content-Security-Policy"]
        expect("default-src 'none'" in policy and "unsafe" not in policy, f"{name} has the policy {policy}")
        expect(headers["X-Content-Type-Options"] == "nosniff", f"{name} may be sniffed")
        text = content.decode()
        expect(not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text), f"{name} parses text as code or HTML")
        expect(not re.search(r"https?://(?!www\.w3\.org/2000/svg)", re.sub(r"`[^`]*`|\"[^\"]*127\.0\.0\.1[^\"]*\"", "", text)), f"{name} names another place")
        for imported in re.findall(r'from "\./([\w-]+\.js)"', text):
            expect(imported in names, f"{imported} is imported, but not preloaded")
    print(f"    {len(names) + 1} files, {size:,} bytes gzipped")
    expect(size < SIZE_LIMIT, f"the page has {size} bytes gzipped")


@check()
def the_page_starts_fast(page):
    """The page starts with its own files and few requests"""
    page.open()
    page.shows("#state", "live")
    entries = page.js("return performance.getEntriesByType('resource').map(each => [each.name, each.startTime, each.responseEnd])")
    expect(all(name.startswith(page.address) for name, *_ in entries), f"something was fetched from elsewhere: {entries}")
    first = page.js("const [each] = performance.getEntriesByType('navigation'); return [each.domInteractive, each.domContentLoadedEventEnd, each.loadEventEnd]")
    print(f"    interactive after {first[0]:.0f} ms, modules run after {first[1]:.0f} ms, {len(entries)} requests")
    expect(len(entries) < 32, f"{len(entries)} requests")


@check()
def views_have_addresses_keys_and_history(page):
    """Each view has an address and a key, and back and forward work"""
    page.open()
    for number, view in enumerate(VIEWS, 1):
        page.press(str(number))
        page.wait(lambda: page.js("return location.hash") == f"#/{view}", f"key {number} leads to {view}")
        page.wait(lambda: page.find("nav a[aria-current]").get_attribute("data-view") == view, f"{view} is marked")
    page.driver.back()
    page.wait(lambda: page.find("nav a[aria-current]").get_attribute("data-view") == "rules", "back leads to Rules")
    page.driver.forward()
    page.wait(lambda: page.find("nav a[aria-current]").get_attribute("data-view") == "report", "forward leads to Report")
    for view in VIEWS:
        page.find(f"nav a[data-view={view}]").click()
        expect(page.js("return location.hash") == f"#/{view}", f"the link leads to {view}")
    page.open("#/nonsense")
    expect(page.find("nav a[aria-current]").get_attribute("data-view") == "now", "an unknown address shows Now")


@check()
def everything_is_accessible(page):
    """Contrast, names, roles, headings and sizes are right in each view, theme and width"""
    for theme in ("dark", "light"):
        for width, height in SIZES:
            page.look(width, height, theme)
            for view in VIEWS:
                page.open(f"#/{view}")
                page.shows("#state", "live")
                if view in ("messages", "sessions"):
                    page.wait(lambda: page.all(".row"), f"{view} has rows")
                if view == "rules":
                    page.wait(lambda: "…" != page.text(".status"), "the rules are there")
                faults = page.faults()
                expect(not faults, f"{view}, {theme}, {width} px:\n      " + "\n      ".join(faults))
            page.open("#/messages")
            page.wait(lambda: page.all(".row"), "there are rows")
            page.js("document.querySelector('.row').click()")
            page.wait(lambda: page.all("[role=tab]"), "a message opens")
            for tab in [each.get_attribute("id") for each in page.all("[role=tab]")]:
                page.js("document.getElementById(arguments[0]).click()", tab)
                page.wait(lambda: page.text(".panel").strip() != "…", f"{tab} is filled")
                faults = page.faults()
                expect(not faults, f"{tab}, {theme}, {width} px:\n      " + "\n      ".join(faults))


@check()
def tab_reaches_everything_in_order(page):
    """Tab reaches every control in the order of the document, with a visible focus"""
    script = """
      const style = getComputedStyle(document.activeElement);
      const editor = document.activeElement.closest('.editor');
      return [style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || editor && getComputedStyle(editor).boxShadow !== 'none'];"""
    reach = """
      return [...document.querySelectorAll("a[href], button, input, select, textarea, summary, iframe, [tabindex='0']")]
        .filter(each => each.checkVisibility({ visibilityProperty: true }) && !each.disabled && each.tabIndex >= 0);"""
    for view in VIEWS:
        page.open(f"#/{view}")
        page.shows("#state", "live")
        if view in ("messages", "sessions"):
            page.wait(lambda: page.all(".row"), "there are rows")
            page.press("j")  # So that the list holds still.
        page.js("document.activeElement.blur(); getSelection().removeAllRanges()")
        page.js("document.body.setAttribute('tabindex', '-1'); document.body.focus(); document.body.removeAttribute('tabindex')")
        there = page.js(reach)
        visited = []
        for _ in range(80):
            page.press(Keys.TAB)
            element = page.focused()
            if element.tag_name == "body" or element in visited:
                break
            expect(page.js(script)[0], f"{view}: the focus is not visible on {element.get_attribute('outerHTML')[:120]}")
            visited.append(element)
        expected = [each for each in page.js(reach) if each in there]
        missed = [each.get_attribute("outerHTML")[:120] for each in expected if each not in visited]
        expect(not missed, f"{view}: Tab does not reach {missed}")
        order = [each for each in expected if each in visited]
        expect([each for each in visited if each in order] == order, f"{view}: Tab leaves the document's order")


@check()
def a_message_is_read_by_keys_alone(page):
    """j, k, Enter, arrows and Esc read messages without a mouse"""
    page.open("#/messages")
    page.wait(lambda: len(page.all(".row")) > 2, "there are rows")
    page.press("j")
    first = page.find(".row[aria-selected=true]").get_attribute("id")
    page.press("j")
    second = page.find(".row[aria-selected=true]").get_attribute("id")
    expect(first != second, "j moves on")
    page.press("k")
    expect(page.find(".row[aria-selected=true]").get_attribute("id") == first, "k moves back")
    page.press(Keys.ENTER)
    page.wait(lambda: page.all(".detail [role=tab]"), "Enter opens")
    expect(first.removeprefix("row-") in page.js("return location.hash"), "the address names the message")
    page.find("[role=tab][aria-selected=true]").send_keys(Keys.ARROW_RIGHT)
    expect("tab=" in page.js("return location.hash"), "an arrow changes the tab, and the address says so")
    page.press("j")
    page.wait(lambda: second.removeprefix("row-") in page.js("return location.hash"), "j opens the next")
    page.press(Keys.ESCAPE)
    page.wait(lambda: not page.find(".list").get_attribute("hidden") and not page.js("return document.querySelector('.detail').checkVisibility()"), "Esc closes")
    page.press("/")
    expect(page.focused().get_attribute("type") == "search", "/ goes to the search")
    page.press("12345?")
    expect(page.js("return location.hash") == "#/messages", "keys are text while one types")
    page.press(Keys.ESCAPE)
    page.press("?")
    expect("the five views" in page.text("dialog"), "? lists the keys")
    expect(not page.faults(), f"the dialog: {page.faults()}")
    page.press(Keys.ESCAPE)
    page.wait(lambda: not page.all("dialog"), "Esc closes the list")


@check()
def filters_become_chips_and_addresses(page):
    """Filters become chips, the address has them, and a wrong one is said to be wrong"""
    page.open("#/messages")
    page.wait(lambda: page.all(".row"), "there are rows")
    page.press("/")
    page.press("domain:example.org", Keys.ENTER)
    page.wait(lambda: page.text(".chip.set span") == "domain: example.org", "a chip appears")
    page.wait(lambda: all("@example.org" in row.text for row in page.all(".row .to")), "only those fit")
    expect("domain=example.org" in page.js("return location.hash"), "the address has the filter")
    page.find(".chip.accepted").click()
    page.wait(lambda: "outcome=accepted" in page.js("return location.hash"), "the address has the outcome")
    page.driver.back()
    page.wait(lambda: "outcome" not in page.js("return location.hash"), "back takes the outcome away")
    page.named("button", "Remove the filter domain: example.org").click()
    page.wait(lambda: not page.all(".chip.set"), "the chip is gone")
    page.press("/")
    page.press("to:nobody-has-this@nowhere.example", Keys.ENTER)
    page.shows(".place", "No message fits")
    page.named(".place button", "Show all").click()
    page.wait(lambda: page.all(".row"), "all are back")
    page.find(".chip.hint").click()
    expect(page.find("input[type=search]").get_attribute("value") == "to:", "a hint begins a filter")


@check()
def sessions_show_what_was_said(page):
    """A session shows its transcript, and a message leads to its session"""
    page.open("#/messages")
    page.wait(lambda: page.all(".row"), "there are rows")
    page.press("j", Keys.ENTER)
    page.wait(lambda: page.all(".detail [role=tab]"), "a message opens")
    page.find("#tab-transcript").click()
    page.shows(".panel", "MAIL FROM:<")
    page.find(".facts a[href^='#/sessions']").click()
    page.shows(".transcript", "MAIL FROM:<")
    page.press(Keys.ESCAPE)
    page.wait(lambda: page.all(".sessions .row"), "Esc shows the list")


@check()
def rules_are_edited_tried_and_applied(page):
    """Rules are checked at their column while one types, tried out, applied by the button alone, and reverted"""
    before = json.loads(get(page.address, "/api/rules")[1])["rules"]
    page.open("#/rules")
    page.shows(".status", "in force")
    area = page.find("textarea")
    area.send_keys(Keys.CONTROL, Keys.END)
    area.send_keys(Keys.ENTER, "probe: rcpt too=x@probe.example -> 450 4.2.1 Probe")
    page.shows(".problems", "column 13")
    expect("not applied" in page.text(".status") or "nothing can be applied" in page.text(".status"), "the draft is not marked as one")
    expect(page.all(".mark u.wrong") and page.all(".gutter .wrong"), "the place is not marked")
    expect(not page.named("button", "Apply").is_enabled(), "Apply is possible although there is an error")
    page.find(".problems button").click()
    place = page.js("const area = document.querySelector('textarea'); return area.value.slice(area.selectionStart, area.selectionStart + 3)")
    expect(place == "too", f"the problem leads to its column, but to {place}")
    page.press(Keys.DELETE, Keys.DELETE, Keys.DELETE, "to")
    page.wait(lambda: page.named("button", "Apply").is_enabled(), "Apply becomes possible")
    expect(len(json.loads(get(page.address, "/api/rules")[1])["rules"]) == len(before), "something was applied by accident")
    page.named("button", "Apply").click()
    page.shows(".status", f"{len(before) + 1} rule")
    expect("probe" in get(page.address, "/api/rules")[1].decode(), "the server has the rule")
    page.find("#try").send_keys("rcpt to=x@probe.example", Keys.ENTER)
    page.shows(".result", "4.2.1 Probe")
    expect("probe:" in page.text(".result"), "it says which rule answers")
    page.find("textarea").send_keys(Keys.CONTROL, Keys.END)
    page.find("textarea").send_keys("x")
    page.named("button", "Revert").click()
    page.named("dialog button", "Revert").click()
    page.shows(".status", "in force")
    lines = page.js("return document.querySelector('textarea').value").splitlines()
    page.js("const area = document.querySelector('textarea'); area.value = arguments[0]; area.dispatchEvent(new Event('input'))", "\n".join(lines[:-1]))
    page.wait(lambda: page.named("button", "Apply").is_enabled(), "the old rules can be applied")
    page.named("button", "Apply").click()
    page.shows(".status", f"{len(before)} rule")


@check()
def outcomes_differ_for_the_color_blind(page):
    """The colors of outcomes differ for people who see fewer colors, too"""
    for theme in ("dark", "light"):
        page.look(theme=theme)
        page.open("#/now")
        for part in (".legend .outcome", ".legend .outcome i"):
            colors = page.js("return [...document.querySelectorAll(arguments[0])].map(each => getComputedStyle(each).color)", part)
            expect(len(colors) == 3, f"{part} has {colors}")
            for sight in SIGHTS:
                nearest = min(distance(one, other, sight) for one, other in itertools.combinations(colors, 2))
                expect(nearest >= APART, f"{part}, {theme}, {sight}: {colors} are {nearest:.0f} apart")


@check()
def a_theme_is_chosen_and_kept(page):
    """The theme follows the system until one is chosen, and a choice outlives the page"""
    page.open()
    color = lambda: page.js("return getComputedStyle(document.body).backgroundColor")
    dark = color()
    page.look(theme="light")
    page.wait(lambda: color() != dark, "the system's theme is followed")
    light = color()
    page.named("button", "Theme: auto").click()
    page.named("button", "Theme: light").click()
    expect(color() == dark, "dark is chosen")
    page.open()
    expect(color() == dark, "the choice is kept")
    page.named("button", "Theme: dark").click()
    expect(color() == light, "auto is the system's")


@check()
def messages_are_deleted_after_a_question(page):
    """Messages are deleted after a question: one, those that fit, or all"""
    page.open("#/messages?outcome=accepted")
    page.wait(lambda: page.all(".row"), "there are rows")
    page.press("j", Keys.ENTER)
    page.wait(lambda: page.all(".detail .danger"), "a message opens")
    chosen = re.search(r"open=(\w+)", page.js("return location.hash"))[1]
    page.find(".detail .danger").click()
    page.named("dialog button", "Cancel").click()
    page.wait(lambda: not page.all("dialog"), "the question goes")
    expect(chosen in page.js("return location.hash"), "Cancel changes nothing")
    page.find(".detail .danger").click()
    page.named("dialog button", "Delete").click()
    page.wait(lambda: "open=" not in page.js("return location.hash"), "the message is closed")
    page.wait(lambda: not page.all(f"#row-{chosen}"), "its row is gone")
    for filters, fitting in (("domain=shop.example", 1), ("", 2)):
        before = [page.subject.mail([address]) and newest(page) for address in ("one@shop.example", "two@example.org")]
        page.open(f"#/messages?{filters}")
        page.wait(lambda: page.all(".row"), "there are rows")
        page.find(".toolbar .danger").click()
        expect(not page.faults(), f"the question: {page.faults()}")
        page.named("dialog button", "Delete").click()
        page.wait(lambda: not page.all("dialog"), "the question goes")
        left = lambda: [key for key in before if page.subject.ask("GET", f"/api/messages/{key}")[0] == 200]
        page.wait(lambda: left() == before[fitting:], f"{fitting} of 2 is deleted")


def newest(page):
    """The id of the newest message from the one who sends for checks."""
    return json.loads(page.subject.ask("GET", "/api/messages?from=me@example.com&limit=1")[2])["messages"][0]["id"]


def run(checks, subject, only, world=None):
    """Runs each check in a fresh page; returns how many failed."""
    page = Chromium(subject)
    failed = 0
    try:
        for function in checks:
            sentence = function.__doc__.strip()
            if only and only not in sentence:
                continue
            try:
                page.look()
                page.driver.get("about:blank")
                page.logged()
                if world:
                    world.restore()
                    function(page, world)
                else:
                    function(page)
                errors = page.logged(*function.allowed)
                expect(not errors, f"the browser's console has {errors}")
                print(f"ok      {sentence}", flush=True)
            except Exception as error:
                failed += 1
                reason = error if isinstance(error, Failure) else traceback.format_exc()
                print(f"FAILED  {sentence}: {reason}", flush=True)
                page.driver.save_screenshot(f"/tmp/console-page-{failed}.png")
                page.restart()
    finally:
        page.quit()
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("address", nargs="?")
    parser.add_argument("smtp", nargs="?", default="127.0.0.1:2525")
    parser.add_argument("--only")
    options = parser.parse_args()
    begun = time.monotonic()
    checks = CHECKS + real.CHECKS
    if options.address:
        host, _, port = options.smtp.rpartition(":")
        subject = Subject(options.address, (host, int(port)))
        with traffic.Traffic(subject.smtp):
            failed = run(checks, subject, options.only)
    else:
        with started("--keep", "2000", rules=traffic.RULES) as subject, traffic.Traffic(subject.smtp):
            failed = run(checks, subject, options.only)
        mock = Mock(rate=40)
        failed += run(states.CHECKS, Subject(mock.address, None), options.only, mock.world)
    print(f"{'FAILED' if failed else 'OK'} in {time.monotonic() - begun:.0f} s")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
