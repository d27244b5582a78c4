"""Checks of the page's states, which only the mock can play: empty, away, overloaded, read-only, hidden, hostile."""

import time

from chromium import ActionChains, Checks, Keys, Select, expect

CHECKS = Checks()
check = CHECKS.check
ROWS = 300


def entries(world, wanted):
    with world.lock:
        return next(each for each in reversed(world.entries) if wanted(each))


def with_kind(kind, wanted=lambda _: True):
    """Kept messages whose made-up content is of a kind; see mail.message."""
    return lambda each: each["kept"] and sum(map(ord, each["id"])) % 4 == kind and wanted(each)


@check()
def empty_says_how_to_begin(page, world):
    """Empty lists have a command with the server's real address"""
    world.play(rate=0, clear=True)
    for view in ("now", "messages", "sessions"):
        page.open(f"#/{view}")
        page.shows(".empty", "smtp://127.0.0.1:2525")
        page.wait(lambda: page.find(".empty button").text == "Copy", f"{view}: the command can be copied")
        page.find(".empty button").click()
        page.wait(lambda: page.find(".empty button").text == "Copied", f"{view}: the command is copied")
        expect(not page.faults(), f"{view}: {page.faults()}")
    page.find("input[type=search]").send_keys(Keys.CONTROL, "v")
    pasted = page.find("input[type=search]").get_attribute("value")
    expect(pasted == page.text(".empty code"), f"what was copied is {pasted}")
    page.open("#/report")
    page.shows(".empty", "--track")
    page.open("#/messages")
    page.shows(".empty", "Send a first mail")
    page.wait(lambda: world.streams, "the stream is open")
    world.play(entry={"subject": "The first one"})
    page.wait(lambda: len(page.all(".row")) == 1, "the first message appears by itself")
    page.wait(lambda: not page.all(".empty"), "the hint goes")


@check()
def nothing_kept_is_said(page, world):
    """Where nothing is kept the lists and rankings say so"""
    world.play(rate=0, clear=True, keep=0)
    for view in ("messages", "sessions"):
        page.open(f"#/{view}")
        page.shows(".empty", f"keeps no {view} (keep=0)")
    page.open("#/now")
    for name in ("Domains", "Clients"):
        page.shows(f"[aria-label='{name}']", "(keep=0)")


@check("ERR_", "/api/")
def away_keeps_what_was_there(page, world):
    """While the server is away the page keeps what was there, says since when, and comes back"""
    page.open("#/messages")
    page.wait(lambda: page.all(".row"), "there are rows")
    world.play(away=True)
    page.shows("#state", "reconnecting")
    page.shows("#notice", "Disconnected since")
    expect(page.all(".row"), "the rows stay")
    expect(not page.faults(), page.faults())
    page.find("nav a[data-view=now]").click()
    expect("–" not in page.text(".tile:first-child strong"), "the numbers stay")
    world.play(away=False)
    page.shows("#state", "live")
    page.wait(lambda: not page.find("main") or page.js("return document.querySelector('#notice').hidden"), "the notice goes")


@check("404")
def ten_thousand_a_second(page, world):
    """At 10,000 messages a second, unthinned, the document stays small and the page usable"""
    page.open("#/messages")
    page.wait(lambda: page.all(".row"), "there are rows")
    world.play(thins=False, rate=10_000)
    page.shows("#notice", "Sampling")
    page.js("""
      window.updates = 0; window.begun = performance.now();
      new MutationObserver(() => updates++).observe(document.querySelector('.rows'), { childList: true });""")
    before, begun = page.used(), time.monotonic()
    for _ in range(4):
        time.sleep(1)
        expect(len(page.all(".row")) <= ROWS, f"{len(page.all('.row'))} rows")
    updates, span = page.js("return [updates, (performance.now() - begun) / 1000]")
    share = (page.used() - before) / (time.monotonic() - begun)
    nodes = page.js("return document.querySelectorAll('*').length")
    print(f"    {updates} updates of the list in {span:.1f} s, {nodes} elements, {share:.0%} of a core")
    expect(updates <= 4 * span + 2, f"{updates} updates in {span:.1f} s")
    expect(nodes < 3000, f"{nodes} elements")
    page.press("j")
    page.wait(lambda: page.all(".row[aria-selected=true]"), "a row is selected amid the flood")
    chosen = page.find(".row[aria-selected=true]").get_attribute("id")
    page.shows(".more", "new")
    expect(page.find(".row[aria-selected=true]").get_attribute("id") == chosen, "the list holds still while somebody reads")
    page.press(Keys.ENTER)
    page.wait(lambda: page.all(".detail header, .detail .problem"), "it opens amid the flood")
    world.play(thins=True, rate=40)


@check()
def thinning_says_how_much(page, world):
    """A thinned stream is said to be thinned, and by how much; dropped events are counted"""
    world.play(rate=8000)
    page.open("#/messages")
    page.shows("#notice", "1 of")
    page.shows("#notice", "All are counted")
    world.play(rate=40, dropped=12, reset="dropped")
    page.shows("#notice", "12 events were dropped")
    page.shows("#announce", "12 events were dropped")
    world.play(dropped=0)


@check()
def read_only_hides_what_cannot_be_done(page, world):
    """Read-only hides Apply, Revert and Delete, and the rules can be read and tried"""
    world.play(writable=False)
    page.open("#/rules")
    page.shows(".status", "read-only")
    expect("read-only" in page.text("#listeners"), "the bar says so")
    expect(not any(each.is_displayed() for each in page.all(".writes")), "nothing to write with is visible")
    expect(page.find("textarea").get_attribute("readonly"), "the rules cannot be edited")
    page.find("#try").send_keys("rcpt to=you@full.example", Keys.ENTER)
    page.shows(".result", "452 4.2.2 Mailbox full")
    page.open(f"#/messages?open={entries(world, lambda each: each['kept'])['id']}")
    page.wait(lambda: page.all(".detail [role=tab]"), "a message opens")
    expect(not any(each.is_displayed() for each in page.all(".writes")), "no Delete is visible")


@check()
def hidden_closes_its_stream(page, world):
    """A hidden tab closes its stream, and shows what came in the meantime when it is back"""
    page.open("#/messages")
    page.shows("#state", "live")
    world.play(entry={"subject": "Before it is hidden"})
    page.shows(".row .subject", "Before it is hidden")
    expect(len(world.streams) == 1, f"{len(world.streams)} streams are open")
    first = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    page.wait(lambda: not world.streams, "the stream is closed")
    world.play(entry={"subject": "While it was hidden"})
    page.driver.close()
    page.driver.switch_to.window(first)
    page.wait(lambda: len(world.streams) == 1, "the stream is open again")
    page.wait(lambda: "While it was hidden" in page.text(".row .subject"), "what came in the meantime is there")
    page.open("#/now")
    page.wait(lambda: len(world.streams) == 1, "a page that was left has closed its stream")


@check()
def hidden_does_not_disturb_a_reader(page, world):
    """A list that somebody reads holds still when the tab was hidden, and rules are those in force"""
    page.open("#/rules")
    page.shows(".status", "in force")
    page.open("#/messages", fresh=False)
    page.wait(lambda: page.all(".row"), "there are rows")
    page.press("j")
    chosen = page.find(".row[aria-selected=true]").get_attribute("id")
    first = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    page.wait(lambda: not world.streams, "the stream is closed")
    world.play(rules="expn -> 502")
    page.driver.close()
    page.driver.switch_to.window(first)
    page.shows(".more", "back to the newest")
    expect(page.find(".row[aria-selected=true]").get_attribute("id") == chosen, "the list holds still")
    page.find(".more").click()
    page.wait(lambda: not page.find(".list").find_elements("css selector", ".more:not([hidden])"), "the list is live again")
    page.open("#/rules", fresh=False)
    page.wait(lambda: page.js("return document.querySelector('textarea').value") == "expn -> 502", "the rules are those in force")


@check("412")
def a_lost_update_is_prevented(page, world):
    """Rules that were changed elsewhere are not overwritten unasked"""
    page.open("#/rules")
    page.shows(".status", "in force")
    world.play(rules=world.rules.text() + "\nvrfy -> 502 5.5.1 Elsewhere")
    page.wait(lambda: "Elsewhere" in page.js("return document.querySelector('textarea').value"), "without a draft, theirs appear")
    page.find("textarea").send_keys(Keys.CONTROL, Keys.END)
    page.find("textarea").send_keys(Keys.ENTER, "quit -> close")
    page.shows(".status", "Draft: 1 line")
    world.play(rules="expn -> 502")
    page.shows(".conflict", "changed elsewhere")
    expect("quit -> close" in page.js("return document.querySelector('textarea').value"), "the draft is kept")
    expect(not page.faults(), page.faults())
    page.named("button", "Apply").click()
    page.shows(".conflict", "Nothing was applied")
    expect(world.rules.text() == "expn -> 502", "theirs are still in force")
    page.named("button", "Keep my draft").click()
    page.wait(lambda: not page.find(".left").find_elements("css selector", ".conflict:not([hidden])"), "the question goes")
    page.named("button", "Apply").click()
    page.wait(lambda: "quit -> close" in world.rules.text(), "after the choice the draft is applied")


@check()
def counts_move_in_the_margin(page, world):
    """Counts move in the margin without touching the draft"""
    page.open("#/rules")
    page.shows(".status", "in force")
    page.find("textarea").send_keys(Keys.CONTROL, Keys.HOME)
    page.find("textarea").send_keys("# a comment", Keys.ENTER)
    count = lambda: page.all(".gutter .sheet > div")[1].text
    before = count()
    world.play(rate=900)
    page.wait(lambda: count() != before, "the count beside the second line moves")
    expect(page.js("return document.querySelector('textarea').value").startswith("# a comment\n"), "the draft stays")
    expect(page.all(".gutter .sheet > div")[0].text.strip() == "1", "a comment has no count")


@check("Blocked script execution", "frame-src", "Content Security Policy", "sandbox")
def hostile_mail_does_nothing(page, world):
    """What strangers send is text, and an HTML part can run, load and lead away nothing"""
    key = entries(world, with_kind(2))["id"]
    world.play(entry={"subject": "<img src=x onerror=\"document.title='owned'\">", "from": "<b>x</b>@example.org"})
    page.open("#/messages")
    page.wait(lambda: "<img src=x" in page.text(".row .subject"), "the subject is shown as it is")
    expect(not page.all(".row img, .row b"), "nothing of it became an element")
    page.open(f"#/messages?open={key}&tab=html")
    page.wait(lambda: page.all("iframe"), "the HTML part is shown")
    frame = page.find("iframe")
    expect(frame.get_attribute("sandbox") == "", "the frame is sandboxed without an exception")
    page.driver.switch_to.frame(frame)
    page.wait(lambda: "Hello" in page.driver.page_source, "it is readable")
    page.driver.switch_to.default_content()
    expect("owned" not in page.driver.title, "its script ran")
    loaded = page.js("return performance.getEntriesByType('resource').map(each => each.name)")
    expect(not [name for name in loaded if not name.startswith(page.address)], f"it loaded {loaded}")
    page.find("#tab-attachments").click()
    page.shows(".attachments", "<img src=x onerror=alert(1)>.svg")
    expect(not page.all(".attachments img"), "a file name became an element")
    page.find("#tab-headers").click()
    page.shows(".fields", "X-Blackhole-Seq")
    page.find("#tab-source").click()
    page.shows(".content", "Content-Type: multipart/")


@check()
def why_explains_each_stage(page, world):
    """Why says which rule answered, and what the rules say at each stage"""
    key = entries(world, lambda each: each["rule"] == "full")["id"]
    page.open(f"#/messages?open={key}")
    page.shows(".why", "452 4.2.2 Mailbox full")
    expect("The rule full answered" in page.text(".why"), "the rule is named")
    expect("It was deferred at rcpt" in page.text(".detail"), "there is no content, and it says why")
    stages = [each.text for each in page.all(".stages h4")]
    expect(stages[:2] == ["connect", "helo"] and stages[-1] == "rcpt", f"the stages are {stages}")
    page.all(".stages .try")[-1].click()
    page.wait(lambda: page.find("#try").get_attribute("value").startswith("rcpt "), "Try has the question")
    page.shows(".result", "Mailbox full")


@check()
def the_chart_tells_its_numbers(page, world):
    """The chart says the numbers of a second, by pointer and by arrow keys"""
    page.open("#/now")
    page.shows(".legend output", "●")
    newest = page.text(".legend output")
    page.find(".chart canvas").send_keys(*[Keys.PAGE_UP] * 3)
    page.wait(lambda: page.text(".legend output") != newest, "arrow keys choose another second")
    page.js("document.activeElement.blur()")
    ActionChains(page.driver).move_to_element_with_offset(page.find(".chart canvas"), -200, 0).perform()
    page.wait(lambda: page.text(".legend output")[:8] != newest[:8], "the pointer chooses another second")
    drawn = page.js("""
      const canvas = document.querySelector('.chart canvas');
      return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(value => value > 0)""")
    expect(drawn, "something is drawn")
    for name in ("Replies", "Rules", "Domains", "Clients", "The sink"):
        page.wait(lambda: page.text(f"[aria-label='{name}'] .body").strip() not in ("", "…"), f"{name} has content")
    page.shows("[aria-label='The sink']", "not the bottleneck")


@check()
def a_list_is_paged_and_held(page, world):
    """Older messages are fetched on request, and the list goes back to the newest"""
    world.play(thins=True, rate=0)
    with world.lock:
        for _ in range(12):
            world.rate = 40
            world.second(time.time(), sends=True)
        world.rate = 0
    page.open("#/messages")
    page.wait(lambda: page.all(".row"), "there are rows")
    first = page.find(".row").get_attribute("id")
    page.find(".older").click()
    page.shows(".more", "back to the newest")
    expect(len(page.all(".row")) <= ROWS and not page.all(f"#{first}"), "older ones are shown, and only they")
    page.find(".more").click()
    page.wait(lambda: page.all(f"#{first}"), "the newest are back")


@check()
def motion_is_reduced(page, world):
    """Nothing moves where reduced motion is preferred, and at most 150 ms elsewhere"""
    script = """return Math.max(...[...document.querySelectorAll('*')].map(each => getComputedStyle(each))
      .flatMap(style => [style.transitionDuration, style.animationDuration]).flatMap(text => text.split(', ')).map(parseFloat))"""
    for view in ("now", "messages", "rules"):
        page.look(motion="reduce")
        page.open(f"#/{view}")
        expect(page.js(script) == 0, f"{view}: something moves")
        page.look()
        page.open(f"#/{view}")
        expect(page.js(script) <= 0.15, f"{view}: something moves for long")


@check()
def the_report_has_runs(page, world):
    """The report shows its verdicts, and another run by its address"""
    page.open("#/report")
    page.shows(".report", "seen twice")
    expect("failed" in page.text("[aria-label=Verdict]"), "a failed check is named")
    Select(page.wait(lambda: page.find("select"), "there is a choice of runs")).select_by_value("load-1")
    page.wait(lambda: "run=load-1" in page.js("return location.hash"), "the address names the run")
    page.wait(lambda: page.find("select").get_attribute("value") == "load-1", "the other run is shown")
