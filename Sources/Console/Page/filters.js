// Search and filters: words are a query, `to:you@example.org` becomes a chip.
import { button, h, setText } from "./dom.js";
import { SHAPES } from "./format.js";

export class Filters {
  #values = {};

  /** `names` are the filters that can be typed; `choices` are buttons of one more, by its name. */
  constructor({ label, names, choices = {}, hasQuery = true, onChange }) {
    Object.assign(this, { names, choices, hasQuery, onChange });
    const [first] = names;
    this.input = h("input", {
      type: "search", "aria-label": label, autocomplete: "off", spellcheck: "false",
      placeholder: hasQuery ? `Search, or ${first}:…` : `${first}:…`, title: `Search (/): ${names.map(name => `${name}:…`).join(" ")}`,
      onkeydown: event => { if (event.key === "Enter") this.#take(); },
    });
    this.hints = names.map(name => button(name, () => this.#prefill(name), { class: "chip hint", title: `Filter by ${name}`, "aria-label": `Filter by ${name}` }));
    this.chosen = Object.entries(choices).flatMap(([name, values]) => values.map(value => button(
      [h("i", { "aria-hidden": "true" }, SHAPES[value] ?? "·"), value], () => this.#toggle(name, value),
      { class: `chip choice ${value}`, "aria-pressed": "false", "data-name": name, "data-value": value })));
    this.chips = h("div.chips", { role: "group", "aria-label": "Filters" });
    this.problem = h("p.problem", { role: "status", hidden: true });
    this.element = h("div.filters", {}, h("div.search", { role: "search" }, this.input), this.chips, this.problem);
  }

  get values() { return this.#values; }

  /** Shows these values, as an address has them. */
  show(values) {
    this.#values = Object.fromEntries([...this.names, ...Object.keys(this.choices), ...(this.hasQuery ? ["query"] : [])]
      .filter(name => values[name]).map(name => [name, values[name]]));
    this.input.value = this.#values.query ?? "";
    const set = this.names.filter(name => this.#values[name]).map(name => {
      const text = `${name}: ${this.#values[name]}`;
      return h("span.chip.set", {}, h("span", { title: text }, text), button("×", () => this.#change({ [name]: undefined }), { "aria-label": `Remove the filter ${text}` }));
    });
    for (const element of this.chosen) element.setAttribute("aria-pressed", String(this.#values[element.dataset.name] === element.dataset.value));
    this.chips.replaceChildren(...this.chosen, ...set, ...this.hints.filter((_, index) => !this.#values[this.names[index]]));
  }

  /** Says what is wrong with them, or nothing. */
  fault(text) {
    this.problem.hidden = !text;
    setText(this.problem, text ?? "");
  }

  focus() {
    this.input.focus();
    this.input.select();
  }

  #prefill(name) {
    this.input.value = `${this.input.value.trim()} ${name}:`.trimStart();
    this.input.focus();
  }

  #toggle(name, value) {
    this.#change({ [name]: this.#values[name] === value ? undefined : value });
    this.chosen.find(({ dataset }) => dataset.name === name && dataset.value === value).focus();
  }

  #take() {
    const changes = {};
    const words = [];
    for (const word of this.input.value.match(/(?:[^\s"]|"[^"]*")+/g) ?? []) {
      const colon = word.indexOf(":");
      const name = word.slice(0, colon).toLowerCase();
      const value = word.slice(colon + 1).replace(/^"(.*)"$/, "$1");
      if (colon > 0 && this.names.includes(name)) { if (value) changes[name] = value; } else words.push(word);
    }
    if (this.hasQuery) changes.query = words.join(" ") || undefined;
    else if (words.length) return this.fault(`“${words[0]}” is not a filter; write ${this.names[0]}:…`);
    this.#change(changes);
  }

  #change(changes) {
    const values = { ...this.#values, ...changes };
    for (const [name, value] of Object.entries(values)) if (value === undefined) delete values[name];
    this.onChange(values);
  }
}

/** Whether an entry passes filters that need no server: globs in any case, exact outcomes. */
export function matches(entry, values) {
  return Object.entries(values).every(([name, wanted]) => {
    switch (name) {
      case "outcome": return entry.outcome === wanted;
      case "to": return (entry.to ?? []).some(address => glob(wanted, address));
      case "domain": return (entry.to ?? []).some(address => glob(wanted, address.slice(address.lastIndexOf("@") + 1)));
      case "tag": return (entry.to ?? []).some(address => glob(wanted, /\+([^@]*)@/.exec(address)?.[1] ?? ""));
      case "from": case "user": case "listener": case "rule": return glob(wanted, entry[name] ?? "");
      case "subject": return (entry.subject ?? "").toLowerCase().includes(wanted.toLowerCase());
      default: return true;
    }
  });
}

/** `*` is any text, `?` one character, `@x` the domain x. Remembers one star, so it never backtracks further. */
function glob(pattern, text) {
  const p = [...(pattern.startsWith("@") ? `*${pattern}` : pattern).toLowerCase()];
  const t = [...text.toLowerCase()];
  let [i, j, star, mark] = [0, 0, -1, 0];
  while (j < t.length) {
    if (p[i] === "*") { star = i++; mark = j; }
    else if (i < p.length && (p[i] === "?" || p[i] === t[j])) { i++; j++; }
    else if (star >= 0) { i = star + 1; j = ++mark; }
    else return false;
  }
  while (p[i] === "*") i++;
  return i === p.length;
}
