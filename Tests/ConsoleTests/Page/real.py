"""Checks that need a server to which mail is sent: what a stranger's mail can do, a flood, hidden tabs, downloads."""

import contextlib
import email
import http.server
import json
import re
import threading
import time

import mail
from chromium import Checks, Keys, expect
from traffic import Traffic

CHECKS = Checks()
check = CHECKS.check
ROWS = 300
FLOOD = 10_000


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """A foreign server: it notes what it is asked for, and answers with a page."""

    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):
            self.wfile.write(b"<title>Elsewhere</title><body></body>")

    do_POST = do_GET

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def elsewhere():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        server.asked = []
        server.address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def arrived(page, subject):
    """The id of the message with this subject, once it is kept."""
    def find():
        _, _, content = page.subject.ask("GET", f"/api/v1/search?query=subject:{subject}")
        return next((each["ID"] for each in json.loads(content)["messages"]), None)
    return page.wait(find, f"{subject} is kept")


@check("Content Security Policy", "sandbox", "Blocked", "ERR_BLOCKED_BY_CSP")
def hostile_mail_does_nothing(page):
    """An HTML part can run, load, submit and lead away nothing, in the page and by itself"""
    with elsewhere() as server:
        page.subject.mail(subject="hostile-html", content=mail.hostile(server.address), MIME_Version="1.0", Content_Type="text/html")
        key = arrived(page, "hostile-html")

        def harmless():
            page.driver.switch_to.default_content()
            expect("owned" not in page.driver.title, "its script ran")
            expect(page.driver.current_url.startswith(page.address), f"it led to {page.driver.current_url}")
            expect(not server.asked, f"it asked for {server.asked}")

        for control in (None, "button", "a[href$=link]", "a[target]", "a[href^=javascript]"):
            page.open(f"#/messages?open={key}")
            frame = page.wait(lambda: page.find("iframe"), "the HTML part is shown")
            expect(frame.get_attribute("sandbox") == "", "the frame has a permission")
            page.driver.switch_to.frame(frame)
            page.shows("h1", "Hello")
            expect(page.js("return getComputedStyle(document.querySelector('p')).color") == "rgb(170, 51, 51)", "its own style is not applied")
            if control:
                page.find(control).click()
            harmless()
        for control in (None, "button", "a[href^=javascript]"):
            page.driver.get(f"{page.address}/view/{key}.html")
            page.shows("h1", "Hello")
            if control:
                page.find(control).click()
            harmless()
        # What it had asked for by then has arrived.
        page.driver.get("about:blank")
        page.subject.ask("GET", "/livez")
        expect(not server.asked, f"it asked for {server.asked}")


# What a foreign page may try; tells what was not refused.
ATTEMPTS = """
  const [target, done] = arguments;
  const succeeded = [];
  const text = async (path, options) => (await fetch(target + path, options)).text();
  const made = (name, properties) => Object.assign(document.createElement(name), properties);
  const loads = (name, path) => new Promise((resolve, reject) =>
    document.body.append(made(name, { src: target + path, onload: () => resolve(true), onerror: reject })));
  const opens = (Kind, address) => new Promise((resolve, reject) =>
    Object.assign(new Kind(address), { onopen: () => resolve(true), onerror: reject }));
  const rule = { method: "POST", headers: { "Content-Type": "text/plain" }, body: "mail -> 450" };
  const tries = {
    list: () => text("/api/v1/messages"), rules: () => text("/api/rules"), metrics: () => text("/metrics"), page: () => text("/"),
    opaque: () => text("/api/v1/messages", { mode: "no-cors" }),
    erase: () => text("/api/v1/messages", { method: "DELETE" }), replace: () => text("/api/rules", { ...rule, method: "PUT" }),
    add: () => text("/api/rules", rule), blind: () => text("/api/rules", { ...rule, mode: "no-cors" }),
    image: () => loads("img", "/icon.svg"), script: () => loads("script", "/theme.js"),
    events: () => opens(EventSource, `${target}/api/events`), socket: () => opens(WebSocket, `${target.replace("http", "ws")}/api/events`),
  };
  navigator.sendBeacon(`${target}/api/rules`, "mail -> 450");
  document.body.append(made("iframe", { name: "blank" }), made("iframe", { id: "framed", src: target }));
  const form = made("form", { action: `${target}/api/rules`, method: "post", enctype: "text/plain", target: "blank" });
  form.append(made("input", { name: "mail -> 450", value: "" }));
  document.body.append(form);
  form.submit();
  Promise.all(Object.entries(tries).map(async ([name, attempt]) => {
    try { if (await attempt()) succeeded.push(name); } catch { /* Refused. */ }
  })).then(() => done(succeeded));"""


@check("")
def foreign_pages_reach_nothing(page):
    """A page of another origin reads nothing, changes nothing, and cannot show ours in a frame"""
    page.subject.mail(subject="not-theirs")
    key = arrived(page, "not-theirs")
    state = lambda: page.subject.ask("GET", "/api/rules")[1]["ETag"]
    before = state()
    with elsewhere() as server:
        for name in ("127.0.0.1", "localhost"):
            page.driver.get(server.address.replace("127.0.0.1", name))
            succeeded = page.driver.execute_async_script(ATTEMPTS, page.address)
            expect(not succeeded, f"a page of {name} succeeds: {succeeded}")
            page.driver.switch_to.frame("framed")
            expect(not page.all("#main"), f"a page of {name} shows ours in a frame")
            page.driver.switch_to.default_content()
    expect(state() == before, "the rules have changed")
    expect(page.subject.ask("GET", f"/api/v1/message/{key}")[0] == 200, "a message was deleted")


@check()
def parts_are_downloaded_as_they_were_sent(page):
    """A message and its attachments are downloaded as they were sent, each under its name"""
    one = {"id": "2", "from": "me@example.org", "to": ["you@example.org"], "subject": "with-files"}
    made = mail.source(one)
    expect(len(list(made.iter_attachments())) == 2, "the message has attachments")
    page.subject.send(made.as_bytes())
    page.open(f"#/messages?open={arrived(page, 'with-files')}&tab=attachments")
    page.wait(lambda: len(page.all(".attachments a")) == 2, "its attachments are listed")
    links = [each.get_attribute("href") for each in [page.named("a", "Download"), *page.all(".attachments a")]]
    contents = []
    for link in links:
        _, fields, content = page.subject.ask("GET", link.removeprefix(page.address))
        expect("filename=" in fields["Content-Disposition"], f"{link}: {fields['Content-Disposition']}")
        expect("default-src 'none'" in fields["Content-Security-Policy"] and fields["X-Content-Type-Options"] == "nosniff", f"{link} may run")
        contents.append(content)
    expect(contents[1:] == [content for _, content in mail.FILES], "an attachment differs")
    received = email.message_from_bytes(contents[0])
    expect(received["Subject"] == "with-files" and contents[0].endswith(made.as_bytes()), "the source differs")


@check()
def hidden_closes_its_stream(page):
    """A hidden tab closes its stream, and shows what has arrived when it is back"""
    page.open("#/messages")
    page.shows("#state", "live")
    page.wait(lambda: page.all(".row"), "there are rows")
    expect(page.streams() == 1, f"{page.streams()} streams are open")
    first = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    page.driver.get(f"{page.address}/icon.svg")
    page.wait(lambda: page.js("return localStorage.getItem('streams')") == "0", "the stream is closed")
    page.subject.mail(subject="while-hidden")
    arrived(page, "while-hidden")
    page.driver.close()
    page.driver.switch_to.window(first)
    page.wait(lambda: page.streams() == 1, "the stream is open again")
    page.wait(lambda: "while-hidden" in page.text(".row .subject"), "what has arrived is shown")
    shown = page.js("return [...document.querySelectorAll('.row')].map(({ id }) => id.slice('row-'.length))")
    kept = [each["id"] for each in json.loads(page.subject.ask("GET", "/api/messages?limit=0")[2])["messages"]]
    expect(shown[:50] == [key for key in kept if key in shown[:50]], "the list is not in the server's order")


@check("404")
def ten_thousand_a_second(page):
    """While 10,000 messages a second arrive the page says that it samples, stays small, and can be used"""
    page.open("#/messages")
    page.wait(lambda: page.all(".row"), "there are rows")
    page.js("""
      window.updates = 0; window.begun = performance.now();
      new MutationObserver(() => updates++).observe(document.querySelector('.rows'), { childList: true });""")
    with Traffic(page.subject.smtp, FLOOD, seed=11):
        page.shows("#notice", "Sampling")
        used, begun = page.used(), time.monotonic()
        for _ in range(4):
            time.sleep(1)
            expect(len(page.all(".row")) <= ROWS, f"{len(page.all('.row'))} rows")
        share = (page.used() - used) / (time.monotonic() - begun)
        updates, span = page.js("return [updates, (performance.now() - begun) / 1000]")
        rates = json.loads(page.subject.ask("GET", "/api/rates?seconds=3")[2])["rates"]
        nodes = page.js("return document.querySelectorAll('*').length")
        print(f"    {[each['messages'] for each in rates]} messages a second, {updates} updates of the list in {span:.1f} s, {nodes} elements, {share:.0%} of a core")
        expect(updates <= 4 * span + 2, f"{updates} updates in {span:.1f} s")
        expect(nodes < 3000, f"{nodes} elements")
        page.press("j")
        chosen = page.wait(lambda: page.find(".row[aria-selected=true]").get_attribute("id"), "a row is selected amid the flood")
        page.shows(".more", "new")
        expect(page.find(".row[aria-selected=true]").get_attribute("id") == chosen, "the list holds still while somebody reads")
        page.press(Keys.ENTER)
        page.wait(lambda: page.all(".detail header, .detail .problem"), "it opens amid the flood")
        page.press("1")
        page.wait(lambda: re.search(r"\dk", page.text(".tile strong")), "Now shows thousands a second")
        page.press("4")
        page.shows(".status", "in force")
    page.open("#/messages")
    page.wait(lambda: page.js("return document.querySelector('#notice').hidden"), "the notice goes")
    expect(not page.logged("404"), "there are errors")
