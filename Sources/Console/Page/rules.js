// The view Rules: edit, try out, apply. Nothing is applied but by the button.
import { getJSON, postText, request } from "./api.js";
import { announce, button, confirm, h, setText } from "./dom.js";
import { Editor } from "./editor.js";
import { count, plural } from "./format.js";
import { explanation } from "./why.js";

const PAUSE = 250;

/** A name as the language writes it. */
const named = ({ name, text }) => name ? `${/^[\w.-]+$/.test(name) ? name : `"${name}"`}: ${text}` : text;

export class Rules {
  title = "Rules";
  #rules = [];
  #generated = [];
  #hits = new Map();
  #base = "";
  #etag = null;
  #errors = 0;
  #checking = null;
  #isLoaded = false;

  constructor(app) {
    this.app = app;
    this.editor = new Editor({ label: "Rules, one a line", onInput: () => this.#edited() });
    this.status = h("p.status", { role: "status" });
    this.problems = h("ul.problems", { id: "problems" });
    this.conflict = h("div.conflict", { role: "status", hidden: true });
    this.apply = button("Apply", () => this.#apply(), { class: "primary writes" });
    this.revert = button("Revert", () => this.#revert(), { class: "writes" });
    this.question = h("input", {
      id: "try", spellcheck: "false", autocomplete: "off", placeholder: "rcpt to=you@full.example peer=10.0.0.1", "aria-describedby": "try-hint",
    });
    this.answer = h("div.result", { "aria-live": "polite" });
    this.madeList = h("ol.made");
    this.made = h("section.box", { "aria-label": "Made from settings", hidden: true }, h("h2", {}, "Made from settings", h("small", {}, " asked after these")), this.madeList);
    this.element = h("div.rules", {},
      h("div.left", {}, h("div.toolbar", {}, this.status, h("div.actions", {}, this.revert, this.apply)), this.conflict, this.editor.element, this.problems),
      h("aside", { "aria-label": "Try and explain" },
        h("section.box.tryout", { "aria-label": "Try" }, h("h2", {}, "Try", h("small", {}, " counts nothing")),
          h("form", { onsubmit: event => { event.preventDefault(); this.#try(); } },
            h("label", { for: "try" }, "A stage, and what is known at it"), h("div.line", {}, this.question, h("button", { type: "submit" }, "Try")),
            h("p.muted", { id: "try-hint" }, "Asks the rules in force, not the draft.")),
          this.answer),
        this.made));
    addEventListener("beforeunload", event => { if (this.#isDirty) event.preventDefault(); });
  }

  get #isDirty() { return this.#isLoaded && this.editor.value !== this.#base; }

  show(values) {
    if (!this.#isLoaded) this.load();
    this.editor.draw();
    if (values.try) { this.question.value = values.try; this.#try(); }
    this.#showStatus();
  }

  hide() {}
  redraw() { this.#showStatus(); }

  key(event) {
    if (event.key !== "/") return false;
    this.question.focus();
    this.question.select();
    return true;
  }

  update(batch) {
    if (batch.rules.length && batch.rules.at(-1).etag !== this.#etag) {
      if (this.#isDirty) this.#showConflict("The rules have been changed elsewhere while you edit them.");
      else this.load();
    }
    for (const [id, hits] of batch.rates.at(-1)?.rules ?? []) this.#hits.set(id, hits);
    if (batch.rates.length) this.#showCounts();
  }

  /** The stream begins anew: the rules may be others by now. */
  async resume() {
    try {
      const { headers } = await request("/api/rules");
      this.update({ rates: [], rules: [{ etag: headers.get("ETag") }] });
    } catch { /* The stream says that the server is away. */ }
  }

  /** Fetches the rules; a draft is kept if asked. */
  async load({ keepsDraft = false } = {}) {
    try {
      const response = await request("/api/rules", { headers: { Accept: "application/json" } });
      this.#take(await response.json(), response.headers.get("ETag"));
      const text = this.#rules.map(named).join("\n");
      this.#base = text;
      if (!keepsDraft) this.editor.value = text;
      this.#showCounts();
      this.#isLoaded = true;
      this.conflict.hidden = true;
      this.#check();
    } catch (error) {
      setText(this.status, error.message);
    }
  }

  #take({ rules, generated = [] }, etag) {
    this.#rules = rules;
    this.#generated = generated;
    this.#etag = etag;
    this.#hits = new Map([...rules, ...generated].map(({ id, hits }) => [id, hits]));
    this.app.learnRules([...rules, ...generated]);
    this.made.hidden = !generated.length;
    this.madeList.replaceChildren(...generated.map(({ text, hits, origin }) =>
      h("li", {}, h("code", {}, text), h("span", {}, origin), h("b", {}, count(hits)))));
    this.#showCounts();
  }

  /** A line has the count of the rule with its text; the n-th of equal lines that of the n-th. */
  #showCounts() {
    const left = Map.groupBy(this.#rules, named);
    const taken = new Map();
    const counts = new Map();
    this.editor.lines.forEach((line, index) => {
      const text = line.trim();
      const rule = left.get(text)?.[taken.get(text) ?? 0];
      if (!rule) return;
      taken.set(text, (taken.get(text) ?? 0) + 1);
      counts.set(index + 1, this.#hits.get(rule.id) ?? rule.hits);
    });
    this.editor.count(counts);
    this.#generated.forEach(({ id, hits }, index) => {
      const element = this.madeList.children[index]?.lastChild;
      if (element) setText(element, count(this.#hits.get(id) ?? hits));
    });
  }

  #edited() {
    this.#showCounts();
    this.#showStatus();
    clearTimeout(this.#checking);
    this.#checking = setTimeout(() => this.#check(), PAUSE);
  }

  async #check() {
    const text = this.editor.value;
    try {
      const { errors = [], warnings = [] } = await postText("/api/check", text);
      if (text !== this.editor.value) return;
      this.#showProblems([...errors.map(each => ({ ...each, text: each.error })), ...warnings.map(each => ({ ...each, text: each.warning, isWarning: true }))]);
    } catch (error) {
      setText(this.status, error.message);
    }
  }

  #showProblems(problems) {
    this.#errors = problems.filter(({ isWarning }) => !isWarning).length;
    this.editor.mark(problems);
    this.problems.replaceChildren(...problems.slice(0, 20).map(({ line, column, text, isWarning }) => h("li", {},
      button([h(`span.outcome.${isWarning ? "deferred" : "refused"}`, {}, h("i", { "aria-hidden": "true" }, isWarning ? "▲" : "✕"),
        h("span", {}, isWarning ? "warning" : "error")), ` line ${line}, column ${column}: ${text}`], () => this.editor.go(line, column)))));
    this.#showStatus();
  }

  #showStatus() {
    const isWritable = Boolean(this.app.server?.writable);
    const changed = this.#changes();
    this.editor.area.readOnly = !isWritable;
    this.apply.disabled = !isWritable || !changed || this.#errors > 0;
    this.revert.disabled = !isWritable || !changed;
    const number = this.#rules.length;
    setText(this.status, !this.#isLoaded ? "…"
      : this.#errors ? `${plural(this.#errors, "error")}; nothing can be applied`
      : changed ? `Draft: ${plural(changed, "line")} changed, not applied`
      : `${plural(number, "rule")} in force${isWritable ? "" : ", read-only"}`);
  }

  /** How many lines differ from the rules in force. */
  #changes() {
    if (!this.#isDirty) return 0;
    const before = new Map();
    for (const line of this.#base.split("\n")) before.set(line, (before.get(line) ?? 0) + 1);
    let added = 0;
    for (const line of this.editor.lines) {
      const left = before.get(line) ?? 0;
      if (left) before.set(line, left - 1); else added++;
    }
    const removed = [...before.values()].reduce((sum, left) => sum + left, 0);
    return Math.max(added, removed, 1);
  }

  async #apply() {
    const text = this.editor.value;
    try {
      const headers = { "Content-Type": "text/plain", Accept: "application/json", ...this.#etag ? { "If-Match": this.#etag } : {} };
      const response = await request("/api/rules", { method: "PUT", headers, body: text });
      this.#take(await response.json(), response.headers.get("ETag"));
      this.#base = text;
      this.conflict.hidden = true;
      this.#showStatus();
      announce(`${plural(this.#rules.length, "rule")} applied`);
    } catch (error) {
      if (error.status === 412) return this.#showConflict("The rules have been changed elsewhere since you loaded them. Nothing was applied.");
      if (error.line) return this.#showProblems([{ line: error.line, column: error.column ?? 1, text: error.message }]);
      setText(this.status, `Not applied: ${error.message}`);
    }
  }

  async #revert() {
    if (!await confirm("Throw the draft away?", "Revert")) return;
    this.load();
    this.editor.area.focus();
  }

  #showConflict(text) {
    this.conflict.hidden = false;
    this.conflict.replaceChildren(h("p", {}, text), h("div.actions", {},
      button("Keep my draft", () => this.load({ keepsDraft: true }), { title: "Apply then replaces theirs" }), button("Load theirs", () => this.load(), { title: "The draft is lost" })));
  }

  async #try() {
    const question = this.question.value.trim();
    if (!question) return this.answer.replaceChildren();
    let content;
    try { content = explanation(await postText("/api/explain", question)); } catch (error) {
      content = h("p.problem", {}, error.column ? `column ${error.column}: ${error.message}` : error.message);
    }
    this.answer.replaceChildren(content);
  }
}

/** The rules by id, for the views that show them. */
export async function fetchRules() {
  const { rules, generated = [] } = await getJSON("/api/rules");
  return [...rules, ...generated];
}
