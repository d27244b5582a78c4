// Puts the page together: addresses, views, keys, and what the stream brings.
import { getJSON } from "./api.js";
import { SECONDS } from "./chart.js";
import { announce } from "./dom.js";
import { count } from "./format.js";
import { Frame, VIEWS, showKeys } from "./frame.js";
import { Messages } from "./messages.js";
import { Now } from "./now.js";
import { Report } from "./report.js";
import { Rules, fetchRules } from "./rules.js";
import { Sessions } from "./sessions.js";
import { Stream } from "./stream.js";

const MAKERS = { now: Now, messages: Messages, sessions: Sessions, rules: Rules, report: Report };

class App {
  /** The last ten minutes, a value a second, oldest first. */
  history = [];
  /** Rules by id. */
  rules = new Map();
  /** The last two events of the rates: what they have in total, and what came between. */
  rates = null;
  ratesBefore = null;
  /** Those views that have been looked at. */
  views = {};
  view = null;
  #asked = new Set();
  #wasAway = false;
  /** Messages that were not listed since the last rates. */
  #skipped = 0;

  constructor() {
    this.frame = new Frame(() => this.view?.redraw());
    this.stream = new Stream(batch => this.#take(batch), state => this.#change(state));
    addEventListener("hashchange", () => this.#route());
    addEventListener("keydown", event => this.#press(event));
    document.querySelector("a.skip").addEventListener("click", event => { event.preventDefault(); document.getElementById("main").focus(); });
    this.#route();
    this.#load();
    this.stream.start();
  }

  get server() { return this.frame.server; }

  /** Goes to an address: a view, and what it shows. */
  go(view, values = {}, { isReplacing = false } = {}) {
    const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== undefined && value !== null)).toString();
    const hash = `#/${view}${query ? `?${query}` : ""}`;
    if (hash === location.hash) return;
    if (isReplacing) {
      history.replaceState(null, "", hash);
      this.#route();
    } else {
      location.hash = hash;
    }
  }

  #route() {
    const [, id = "now", query = ""] = /^#\/(\w+)(?:\?(.*))?$/.exec(location.hash) ?? [];
    const name = Object.hasOwn(MAKERS, id) ? id : "now";
    const next = this.views[name] ??= new MAKERS[name](this);
    if (next !== this.view) {
      this.view?.hide();
      this.view = next;
      document.getElementById("main").replaceChildren(next.element);
      this.frame.showView(name);
      this.frame.showOverload("");
      announce(next.title);
    }
    next.show(Object.fromEntries(new URLSearchParams(query)));
  }

  async #load() {
    try {
      const [server, { rates }, rules] = await Promise.all([getJSON("/api/server"), getJSON(`/api/rates?seconds=${SECONDS}`), fetchRules()]);
      this.frame.showServer(server);
      this.learnRules(rules);
      this.history = rates.map(withSecond);
      this.view.redraw();
    } catch { /* The stream says that the server is away, and this is called again when it is back. */ }
  }

  #change(state) {
    this.frame.showState(state);
    if (state !== "live") { this.#wasAway = true; return; }
    // What came before the stream began is not in it.
    if (!this.#wasAway) return this.#reload();
    this.#wasAway = false;
    this.#load();
    for (const view of Object.values(this.views)) view.resume?.();
  }

  #reload() {
    this.views.messages?.reload();
    this.views.sessions?.reload();
  }

  #take(batch) {
    for (const rates of batch.rates) {
      [this.ratesBefore, this.rates] = [this.rates, rates];
      const second = withSecond(rates);
      if (this.history.at(-1)?.second >= second.second) continue;
      this.history.push(second);
    }
    this.history.splice(0, this.history.length - SECONDS);
    this.#skipped += batch.skipped;
    if (batch.rates.length) {
      this.frame.showOverload(overload(batch.rates.at(-1), this.#skipped, this.view));
      this.#skipped = 0;
    }
    if (batch.reset.length) this.#reset(batch.reset);
    this.view.update(batch);
    if (this.view !== this.views.rules) this.views.rules?.update({ rates: [], rules: batch.rules });
  }

  #reset(resets) {
    const dropped = resets.reduce((sum, each) => sum + (each.dropped ?? 0), 0);
    if (dropped) announce(`${dropped} events were dropped`);
    if (resets.some(({ reason }) => reason === "restarted" || reason === "expired")) this.#load();
    this.#reload();
  }

  /** Has rules fetched that nobody has asked for yet. */
  async needRules() {
    const missing = this.rates.rules.map(([id]) => id).filter(id => !this.rules.has(id) && !this.#asked.has(id));
    if (!missing.length) return;
    missing.forEach(id => this.#asked.add(id));
    try {
      this.learnRules(await fetchRules());
      this.view.redraw();
    } catch { missing.forEach(id => this.#asked.delete(id)); }
  }

  learnRules(rules) {
    for (const rule of rules) if (rule.id !== undefined) this.rules.set(rule.id, rule);
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    const target = event.target;
    const isTyping = target.matches("input, textarea, select");
    if (event.key === "Escape" && isTyping) return target.blur();
    if (isTyping) return;
    // Enter belongs to the link or button that has the focus.
    if (event.key === "Enter" && target.matches("a, button, summary, [role=tab]")) return;
    const index = "12345".indexOf(event.key);
    if (index >= 0) this.go(VIEWS[index]);
    else if (event.key === "?") showKeys();
    else if (!this.view.key(event)) return;
    event.preventDefault();
  }
}

const withSecond = rates => ({ ...rates, second: Math.round(Date.parse(rates.at) / 1000) });

/** What the stream does not carry, in a sentence. */
function overload({ sampled = 1, dropped = 0, messages }, skipped, { list }) {
  const parts = [];
  if (list && sampled > 1) parts.push(`Sampling: the list gets 1 of ${count(sampled)} messages, of ${count(messages)} per second. All are counted.`);
  else if (list && skipped) parts.push(`Sampling: more arrives than can be listed, ${count(messages)} messages per second; the list gets the newest. All are counted.`);
  if (dropped) parts.push(`${dropped} events were dropped.`);
  return parts.join(" ");
}

new App();
