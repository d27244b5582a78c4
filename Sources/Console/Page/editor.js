// A text area with line numbers, counts in the margin, colors, and marks where something is wrong. Only the lines in sight are drawn.
import { h } from "./dom.js";
import { short } from "./format.js";

const STAGES = "connect|helo|starttls|auth|mail|rcpt|data|content|message|vrfy|expn|command|quit";
const TOKENS = new RegExp([
  String.raw`(?<name>^\s*(?:[\w.-]+|"[^"]*"):(?=\s))`, String.raw`(?<stage>(?<![\w.])(?:${STAGES})(?=\s))`,
  String.raw`(?<arrow>->|[|;])`, String.raw`(?<key>[\w.-]+(?=[!<>]?=|[<>]))`, String.raw`(?<code>(?<![\w.])[245]\d\d(?![\w.%]))`,
  String.raw`(?<place>\{[\w.]+\})`,
].join("|"), "g");
/** A longer line is not colored. */
const COLORED = 1000;

export class Editor {
  #lines = [""];
  #marks = new Map();
  #counts = new Map();

  constructor({ label, onInput }) {
    this.gutter = h("div.gutter", { "aria-hidden": "true" });
    this.ink = h("div.ink", { "aria-hidden": "true" });
    this.area = h("textarea", {
      "aria-label": label, "aria-describedby": "problems", spellcheck: "false", autocomplete: "off", autocapitalize: "off", wrap: "off",
      oninput: () => { this.#split(); onInput(); }, onscroll: () => this.draw(),
    });
    this.element = h("div.editor", {}, this.gutter, h("div.page", {}, this.ink, this.area));
    new ResizeObserver(() => this.draw()).observe(this.area);
  }

  get value() { return this.area.value; }
  set value(text) {
    this.area.value = text;
    this.#split();
  }

  get lines() { return this.#lines; }

  /** `[{ line, column, text, isWarning }]`, from 1. */
  mark(marks) {
    this.#marks = Map.groupBy(marks, ({ line }) => line);
    this.area.setAttribute("aria-invalid", String(marks.some(({ isWarning }) => !isWarning)));
    this.draw();
  }

  /** Hits by line, from 1. */
  count(counts) {
    this.#counts = counts;
    this.draw();
  }

  /** Puts the cursor at a line and column. */
  go(line, column) {
    const start = this.#lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    const inside = [...(this.#lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
    this.area.focus();
    this.area.setSelectionRange(start + inside, start + inside);
    this.area.scrollTop = Math.max(0, (line - 3) * this.#height);
  }

  get #height() { return parseFloat(getComputedStyle(this.area).lineHeight) || 20; }

  #split() {
    this.#lines = this.area.value.split("\n");
    this.draw();
  }

  draw() {
    const height = this.#height;
    const first = Math.max(0, Math.floor(this.area.scrollTop / height));
    const last = Math.min(this.#lines.length, first + Math.ceil(this.area.clientHeight / height) + 2);
    const shift = first * height - this.area.scrollTop;
    const numbers = [];
    const lines = [];
    for (let index = first; index < last; index++) {
      const marks = this.#marks.get(index + 1) ?? [];
      const kind = marks.some(({ isWarning }) => !isWarning) ? ".wrong" : marks.length ? ".warned" : "";
      const hits = this.#counts.get(index + 1);
      numbers.push(h(`div${kind}`, {}, h(hits ? "b.hit" : "b", {}, hits === undefined ? "" : short(hits)), h("span", {}, `${kind === ".wrong" ? "✕ " : kind ? "▲ " : ""}${index + 1}`)));
      lines.push(h("div", {}, colored(this.#lines[index]), marks.map(mark => underline(this.#lines[index], mark)), "\n"));
    }
    this.gutter.replaceChildren(h("div.sheet", {}, numbers));
    this.ink.replaceChildren(h("div.sheet", {}, lines));
    this.gutter.firstChild.style.transform = `translateY(${shift}px)`;
    this.ink.firstChild.style.transform = `translate(${-this.area.scrollLeft}px, ${shift}px)`;
  }
}

/** A line as colored pieces: the same characters at the same places. */
function colored(line) {
  if (line.startsWith("#")) return h("span.comment", {}, line);
  if (line.length > COLORED) return line;
  const pieces = [];
  let end = 0;
  let hasStage = false;
  const arrow = line.indexOf("->");
  for (const match of line.matchAll(TOKENS)) {
    let [kind] = Object.entries(match.groups).find(([, text]) => text !== undefined);
    if (kind === "stage") { if (hasStage || (arrow >= 0 && match.index > arrow)) kind = ""; hasStage = true; }
    if (kind === "key" && arrow >= 0 && match.index > arrow) kind = "";
    if (kind === "code" && arrow >= 0 && match.index < arrow) kind = "";
    pieces.push(line.slice(end, match.index), kind ? h(`span.${kind}`, {}, match[0]) : match[0]);
    end = match.index + match[0].length;
  }
  return [pieces, line.slice(end)];
}

/** A wavy line from a column to the end of the word there, behind the same text, unseen. */
function underline(line, { column, isWarning }) {
  const letters = [...line];
  const before = letters.slice(0, column - 1).join("");
  const word = /^\S+/.exec(letters.slice(column - 1).join(""))?.[0] ?? " ";
  return h("div.mark", {}, before, h(isWarning ? "u.warned" : "u.wrong", {}, word));
}
