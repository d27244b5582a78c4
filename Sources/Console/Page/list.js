// A list that is live and bounded: the newest on top, never more than `ROWS` in the document.
import { button, h, setText } from "./dom.js";
import { count } from "./format.js";

export const ROWS = 200;

export class List {
  #entries = [];
  #rows = new Map();
  #held = [];
  #heldCount = 0;
  #isOld = false;

  /**
   * `row(entry)` gives the cells, `onOpen(entry)` opens one, `onOlder(last)` and `onNewest()` load others.
   */
  constructor({ name, columns, row, onOpen, onOlder, onNewest }) {
    Object.assign(this, { name, row, onOpen, onOlder, onNewest });
    this.selected = null;
    this.body = h("div.rows", {
      role: "listbox", tabindex: "0", "aria-label": name, id: `list-${name.toLowerCase()}`,
      onkeydown: event => this.#arrow(event), onscroll: () => this.#release(),
      onclick: event => {
        const element = event.target.closest("[role=option]");
        const entry = element && this.#entries.find(({ id }) => this.#rows.get(id) === element);
        if (entry) { this.select(entry.id); this.onOpen(entry); }
      },
    });
    this.more = button("", () => this.#isOld ? this.onNewest() : this.showNewest(), { class: "more", hidden: true });
    this.older = button("Older", () => this.onOlder(this.#entries.at(-1)), { class: "older", hidden: true });
    this.place = h("div.place");
    this.element = h("div.list", {}, h("div.columns", { "aria-hidden": "true" }, columns.map(text => h("span", {}, text))),
      this.more, this.body, this.place, this.older);
  }

  get length() { return this.#entries.length; }

  /** Replaces all entries, newest first; older ones than the newest are not live. */
  set(entries, { isOld = false, hasOlder = false } = {}) {
    this.#isOld = isOld;
    this.#held = [];
    this.#heldCount = 0;
    this.#entries = entries.slice(0, ROWS);
    const rows = new Map();
    for (const entry of this.#entries) rows.set(entry.id, this.#build(entry));
    this.#rows = rows;
    this.body.replaceChildren(...rows.values());
    this.body.scrollTop = 0;
    this.older.hidden = !hasOlder;
    this.#mark();
    this.#showMore();
  }

  /** Adds live entries, oldest first; a known id replaces its row. While somebody reads, they wait. */
  add(entries) {
    const fresh = [];
    for (const entry of entries) {
      const element = this.#rows.get(entry.id);
      if (!element) { fresh.push(entry); continue; }
      const index = this.#entries.findIndex(({ id }) => id === entry.id);
      this.#entries[index] = entry;
      const next = this.#build(entry);
      element.replaceWith(next);
      this.#rows.set(entry.id, next);
    }
    if (entries.length > fresh.length) this.#mark();
    if (!fresh.length) return;
    const known = new Map(this.#held.map(entry => [entry.id, entry]));
    this.#heldCount += fresh.filter(({ id }) => !known.has(id)).length;
    for (const entry of fresh) known.set(entry.id, entry);
    this.#held = [...known.values()].slice(-ROWS);
    this.#release();
  }

  get isRead() { return this.#isOld || this.selected !== null || this.body.scrollTop > 4; }

  #release() {
    if (this.#held.length && !this.isRead) this.showNewest();
    else this.#showMore();
  }

  /** Is not live until the newest are fetched. */
  hold() {
    this.#isOld = true;
    this.#showMore();
  }

  /** Shows what has waited. */
  showNewest() {
    const fresh = this.#held.toReversed();
    this.#held = [];
    this.#heldCount = 0;
    this.#entries = [...fresh, ...this.#entries];
    this.body.prepend(...fresh.map(entry => {
      const element = this.#build(entry);
      this.#rows.set(entry.id, element);
      return element;
    }));
    for (const entry of this.#entries.splice(ROWS)) {
      this.#rows.get(entry.id)?.remove();
      this.#rows.delete(entry.id);
      this.older.hidden = false;
    }
    this.body.scrollTop = 0;
    this.#mark();
    this.#showMore();
  }

  #showMore() {
    this.more.hidden = !this.#isOld && !this.#heldCount;
    setText(this.more, this.#isOld ? "↑ back to the newest" : `↑ ${count(this.#heldCount)} new`);
  }

  #build(entry) {
    return h("div.row", { role: "option", id: `row-${entry.id}`, "aria-selected": "false" }, this.row(entry));
  }

  /** Marks an entry as the selected one, or none. */
  select(id) {
    this.selected = id;
    this.#mark();
    if (id === null) this.#release();
    else this.#rows.get(id)?.scrollIntoView({ block: "nearest" });
  }

  #mark() {
    for (const element of this.body.querySelectorAll("[aria-selected=true]")) element.setAttribute("aria-selected", "false");
    const element = this.#rows.get(this.selected);
    element?.setAttribute("aria-selected", "true");
    if (element) this.body.setAttribute("aria-activedescendant", element.id);
    else this.body.removeAttribute("aria-activedescendant");
  }

  /** Selects the next or previous entry; the first one if none is. */
  move(step) {
    if (!this.#entries.length) return null;
    const index = this.#entries.findIndex(({ id }) => id === this.selected);
    const next = index < 0 ? 0 : Math.min(this.#entries.length - 1, Math.max(0, index + step));
    this.select(this.#entries[next].id);
    return this.#entries[next];
  }

  open() {
    const entry = this.#entries.find(({ id }) => id === this.selected);
    if (entry) this.onOpen(entry);
    return Boolean(entry);
  }

  #arrow(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -ROWS, End: ROWS }[event.key];
    if (step) { event.preventDefault(); this.move(step); }
  }
}
