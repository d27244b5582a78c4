// What Messages and Sessions share: filters, a live list, and the detail beside it.
import { getJSON, withQuery } from "./api.js";
import { announce, button, h } from "./dom.js";
import { Filters, matches } from "./filters.js";
import { empty } from "./frame.js";
import { plural } from "./format.js";
import { List, ROWS } from "./list.js";

const PAGE = 100;

export class Browser {
  #values = {};
  #wanted = null;
  #isStale = true;
  #again = null;
  #abort = null;
  #shown = "";

  /**
   * `path` answers `{[plural]: […], total}`; `detail(id, tab, place)` fills the place and returns a function that leaves it.
   */
  constructor(app, { id, title, path, one, names, choices, hasQuery, columns, row, detail, actions = [], nothing }) {
    Object.assign(this, { app, id, title, path, one, detail, nothing });
    this.filters = new Filters({ label: `Search ${id}`, names, choices, hasQuery, onChange: values => app.go(id, values) });
    this.list = new List({
      name: title, columns, row,
      onOpen: entry => this.#open(entry.id),
      onOlder: entry => this.#load({ before: entry.id }),
      onNewest: () => this.#load(),
    });
    this.place = h("section.detail", { "aria-label": one, tabindex: "-1", hidden: true });
    this.element = h(`div.browser.${id}`, {}, h("div.toolbar", {}, this.filters.element, h("div.actions", {}, actions)),
      h("div.split", {}, this.list.element, this.place));
  }

  get values() { return this.#values; }

  show({ open, tab, ...values }) {
    this.filters.show(values);
    const shown = this.filters.values;
    if (JSON.stringify(shown) !== JSON.stringify(this.#values)) {
      this.#values = shown;
      this.#isStale = true;
    }
    if (this.#isStale) this.#load();
    this.#showDetail(open ?? null, tab);
  }

  hide() {
    clearTimeout(this.#again);
    this.#again = null;
    this.#isStale = true;
  }

  /** The server has become known, or looks different. */
  redraw() { if (!this.#isStale) this.#showNothing(); }

  /** Has everything fetched anew, at once if the view is visible. */
  reload() {
    this.#isStale = true;
    if (this.element.isConnected) this.#load();
  }

  /** The stream begins anew: what came in the meantime is fetched, but not while somebody reads. */
  resume() {
    if (this.element.isConnected && this.list.isRead) this.list.hold(); else this.reload();
  }

  add(entries) {
    if (!entries.length || this.#isStale) return;
    if (this.#values.query) return this.later();
    const fitting = entries.filter(entry => matches(entry, this.#values));
    if (!fitting.length) return;
    this.list.place.replaceChildren();
    this.list.add(fitting);
  }

  /** Asks again where only the server can choose, but not more than once a second and not while somebody reads. */
  later() {
    this.#again ??= setTimeout(() => {
      this.#again = null;
      if (this.list.selected === null && !this.#isStale) this.#load();
    }, 1000);
  }

  async #load({ before } = {}) {
    this.#abort?.abort();
    this.#abort = new AbortController();
    this.#isStale = false;
    try {
      const body = await getJSON(withQuery(this.path, { ...this.#values, limit: before ? ROWS : PAGE, before }), { signal: this.#abort.signal });
      const entries = body[this.id];
      this.filters.fault(null);
      this.list.set(entries, { isOld: Boolean(before), hasOlder: entries.length === (before ? ROWS : PAGE) });
      this.list.select(this.#wanted);
      if (before) this.list.body.focus();
      this.#showNothing();
      if (Object.keys(this.#values).length) announce(`${plural(body.total ?? entries.length, this.one.toLowerCase())} found`);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#isStale = true;
      this.filters.fault(error.message);
    }
  }

  #showNothing() {
    if (this.list.length || !this.app.server) return this.list.place.replaceChildren();
    const isFiltered = Object.keys(this.#values).length > 0;
    this.list.place.replaceChildren(isFiltered
      ? h("div.empty", {}, h("p", {}, `No ${this.one.toLowerCase()} fits these filters.`), button("Show all", () => this.app.go(this.id, {})))
      : this.app.server.keep === 0
        ? h("div.empty", {}, h("p", {}, `This server keeps no ${this.id} (keep=0).`))
        : empty(this.nothing, this.app.server));
  }

  #open(id) { this.app.go(this.id, { ...this.#values, open: id }); }

  #showDetail(id, tab) {
    this.#wanted = id;
    const shown = id ? `${id} ${tab ?? ""}` : "";
    if (shown === this.#shown) return this.list.select(id);
    const isOther = !id || this.#shown.split(" ")[0] !== id;
    this.#shown = shown;
    const hadFocus = this.place.contains(document.activeElement);
    this.element.classList.toggle("open", Boolean(id));
    this.place.hidden = !id;
    this.list.select(id);
    if (!isOther) return;
    this.place.replaceChildren();
    if (id) {
      const back = button("← Back", () => this.back(), { class: "back", title: "Back (Esc)" });
      this.place.append(back);
      this.detail(id, tab, this.place, chosen => this.app.go(this.id, { ...this.#values, open: id, tab: chosen }, { isReplacing: true }));
      this.place.focus({ preventScroll: true });
    } else if (hadFocus) {
      this.list.body.focus();
    }
  }

  back() {
    if (this.#wanted === null && this.list.selected === null) return false;
    if (this.#wanted !== null) {
      this.#wanted = null;
      this.app.go(this.id, this.#values);
    }
    this.list.select(null);
    this.list.body.focus();
    return true;
  }

  key(event) {
    switch (event.key) {
      case "/": this.filters.focus(); return true;
      case "j": case "k": {
        const entry = this.list.move(event.key === "j" ? 1 : -1);
        if (entry && this.#wanted !== null) this.app.go(this.id, { ...this.#values, open: entry.id }, { isReplacing: true });
        return true;
      }
      case "Enter": return this.list.open();
      case "Escape": return this.back();
      default: return false;
    }
  }
}
