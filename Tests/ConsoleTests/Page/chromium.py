"""Chromium, driven by Selenium, with what the page's tests ask of it."""

import pathlib
import time

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

ACCESSIBLE = (pathlib.Path(__file__).parent / "accessible.js").read_text()
# Notes the streams that the page opens, and how many are open whenever it is hidden or shown.
NOTE_STREAMS = """
  window.noted = [];
  window.EventSource = class extends EventSource { constructor(...all) { super(...all); noted.push(this); } };
  window.streams = () => noted.filter(each => each.readyState !== EventSource.CLOSED).length;
  addEventListener("visibilitychange", () => localStorage.setItem("streams", streams()));"""
FLAGS = ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking",
         "--disable-component-update", "--no-first-run", "--hide-scrollbars", "--force-color-profile=srgb")
DEADLINE = 30


class Failure(Exception):
    """What the page does wrong."""


class Checks(list):
    """Checks in their order."""

    def check(self, *allowed):
        """Adds the function below it; `allowed` are errors that the browser itself writes to its console in it."""
        def declare(function):
            function.allowed = allowed
            self.append(function)
            return function
        return declare


class Chromium:
    """A browser that shows the page of a subject."""

    def __init__(self, subject):
        self.subject, self.address = subject, subject.address
        self.start()

    def start(self):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in FLAGS:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": NOTE_STREAMS})
        self.look()

    def look(self, width=1280, height=800, theme="dark", motion="no-preference", ratio=1):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": ratio, "mobile": False})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": theme}, {"name": "prefers-reduced-motion", "value": motion}]})

    def open(self, hash="", fresh=True):
        """Opens the page anew, or goes to an address in it."""
        if fresh:
            self.driver.get("about:blank")
            self.driver.get(f"{self.address}/{hash}")
        else:
            self.js("location.hash = arguments[0]", hash)
        self.wait(lambda: self.js("return document.querySelector('main')?.children.length"), "the view appears")

    def js(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def find(self, selector):
        try:
            return next(element for element in self.all(selector) if element.is_displayed())
        except (StopIteration, StaleElementReferenceException):
            raise Failure(f"{selector} is not there") from None

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def named(self, selector, name):
        """The visible element with this text or label."""
        for element in self.all(selector):
            if element.is_displayed() and name in (element.text.strip(), element.get_attribute("aria-label")):
                return element
        raise Failure(f"no {selector} is called {name}")

    def streams(self):
        """How many streams of events the page has open."""
        return self.js("return streams()")

    def used(self):
        """The seconds for which the page has kept its thread busy."""
        self.driver.execute_cdp_cmd("Performance.enable", {})
        metrics = self.driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
        return next(each["value"] for each in metrics if each["name"] == "TaskDuration")

    def text(self, selector):
        return self.js("return [...document.querySelectorAll(arguments[0])].map(each => each.innerText).join('\\n')", selector)

    def press(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def focused(self):
        return self.driver.switch_to.active_element

    def wait(self, condition, sentence):
        """Waits until something holds; says what did not."""
        deadline = time.monotonic() + DEADLINE
        while True:
            try:
                if value := condition():
                    return value
            except (StaleElementReferenceException, Failure):
                pass
            if time.monotonic() > deadline:
                raise Failure(f"not within {DEADLINE} s: {sentence() if callable(sentence) else sentence}")
            time.sleep(0.05)

    def shows(self, selector, text):
        return self.wait(lambda: text in self.text(selector), lambda: f"{selector} shows “{text}”, but “{self.text(selector)[:300]}”")

    def logged(self, *allowed):
        """Errors of the console, but for those that hold one of the texts."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if entry["level"] == "SEVERE" and not any(text in entry["message"] for text in allowed)]

    def faults(self):
        return self.js(ACCESSIBLE)

    def quit(self):
        self.driver.quit()

    def restart(self):
        self.quit()
        self.start()


def expect(condition, sentence):
    if not condition:
        raise Failure(sentence)


__all__ = ["ActionChains", "By", "Chromium", "Failure", "Keys", "Select", "expect"]
