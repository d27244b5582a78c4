// The bar: name, views, listeners, live mark, uptime, theme, keys; and the notice below it.
import { announce, button, copyButton, h, setText } from "./dom.js";
import { age, isoTime, time } from "./format.js";

/** The views in the order of their keys, as the page has them: their links work before this runs. */
export const VIEWS = [...document.querySelectorAll("nav a")].map(({ dataset }) => dataset.view);
const THEMES = ["auto", "light", "dark"];
const KEYS = [["1 – 5", "the five views"], ["/", "search"], ["j  k", "next, previous"], ["Enter", "open"], ["Esc", "back"], ["?", "this list"]];

const at = id => document.getElementById(id);

export class Frame {
  /** What `/api/server` says; null until it has. */
  server = null;
  #lostAt = null;
  #ahead = 0;
  #notice = "";

  constructor(onTheme) {
    this.onTheme = onTheme;
    at("theme").addEventListener("click", () => this.#cycle());
    at("help").addEventListener("click", showKeys);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.onTheme());
    this.#showTheme();
    setInterval(() => this.#tick(), 1000);
  }

  showServer(server) {
    this.server = server;
    this.#ahead = Date.parse(server.now) - Date.now() || 0;
    document.documentElement.classList.toggle("read-only", !server.writable);
    setText(at("name"), server.name);
    document.title = `${server.name} – blackhole`;
    const names = server.listeners.map(({ name, security }) =>
      h("span", {}, name, security === "clear" ? null : h("b", {}, security === "tls" ? "TLS" : "STARTTLS")));
    if (!server.writable) names.push(h("span.badge", { title: "Started with http_read_only" }, "read-only"));
    at("listeners").replaceChildren(...names);
    this.#tick();
  }

  /** Marks the view's link. */
  showView(id) {
    for (const link of document.querySelectorAll("nav a")) {
      if (link.dataset.view === id) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  /** `live`, `lost` or `hidden`. */
  showState(state) {
    if (state === "lost") {
      if (!this.#lostAt) announce("Connection lost, reconnecting");
      this.#lostAt ??= new Date();
    } else if (state === "live") {
      if (this.#lostAt) announce("Connected again");
      this.#lostAt = null;
    }
    const element = at("state");
    element.className = `state ${this.#lostAt ? "lost" : state}`;
    setText(element.lastElementChild, this.#lostAt ? "reconnecting" : state === "hidden" ? "paused" : "live");
    this.#showNotice();
  }

  /** What the stream does not carry, as a sentence, or an empty text. */
  showOverload(text) {
    this.#notice = text;
    this.#showNotice();
  }

  #showNotice() {
    const text = this.#lostAt
      ? `Disconnected since ${time(this.#lostAt)}. What you see is from before; reconnecting.` : this.#notice;
    at("notice").hidden = !text;
    at("notice").classList.toggle("lost", Boolean(this.#lostAt));
    setText(at("notice"), text);
  }

  #tick() {
    if (this.server && !this.#lostAt) {
      setText(at("uptime"), `up ${age((Date.now() + this.#ahead - Date.parse(this.server.started)) / 1000)}`);
      at("uptime").title = `Started ${isoTime(this.server.started) ?? ""}`;
    }
  }

  #cycle() {
    const root = document.documentElement;
    const next = THEMES[(THEMES.indexOf(root.dataset.theme ?? "auto") + 1) % THEMES.length];
    if (next === "auto") delete root.dataset.theme; else root.dataset.theme = next;
    try {
      if (next === "auto") localStorage.removeItem("theme"); else localStorage.setItem("theme", next);
    } catch { /* Storage is forbidden: the choice lasts as long as the page. */ }
    this.#showTheme();
    this.onTheme();
  }

  #showTheme() {
    const theme = document.documentElement.dataset.theme ?? "auto";
    setText(at("theme"), { auto: "◐", light: "○", dark: "●" }[theme]);
    at("theme").setAttribute("aria-label", `Theme: ${theme}`);
    at("theme").title = `Theme: ${theme}`;
  }
}

/** Lists the keys. */
export function showKeys() {
  if (document.querySelector("dialog[open]")) return;
  const dialog = h("dialog.keys", { "aria-label": "Keys", onclose: () => dialog.remove() },
    h("h2", {}, "Keys"),
    h("dl", {}, KEYS.map(([key, text]) => [h("dt", {}, key.split("  ").map(part => h("kbd", {}, part))), h("dd", {}, text)])),
    h("div.actions", {}, button("Close", () => dialog.close())));
  document.body.append(dialog);
  dialog.showModal();
}

/** A command that sends a first mail to the first listener that takes one in clear, or else by TLS. */
export function firstMail(server) {
  const listeners = server?.listeners ?? [];
  const chosen = listeners.find(({ port, security }) => port && security !== "tls") ?? listeners.find(({ port }) => port);
  if (!chosen) return null;
  const isAny = ["0.0.0.0", "::", "[::]", "*"].includes(chosen.host);
  const host = isAny ? location.hostname : chosen.host.includes(":") ? `[${chosen.host.replace(/[[\]]/g, "")}]` : chosen.host;
  const scheme = chosen.security === "tls" ? "-k smtps" : "smtp";
  return `printf 'Subject: Hello\\r\\n\\r\\nA first mail.\\r\\n' | curl ${scheme}://${host}:${chosen.port} `
    + "--mail-from me@example.org --mail-rcpt you@example.org -T -";
}

/** What an empty list says: a sentence, and a command with the real address. */
export function empty(text, server) {
  const line = firstMail(server);
  return h("div.empty", {}, h("p", {}, text),
    line ? [h("p", {}, "Send a first mail:"), h("div.command", {}, h("code", {}, line), copyButton(line))] : null);
}
