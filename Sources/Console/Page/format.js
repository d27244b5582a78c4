// Numbers, sizes, spans and times as text, and the marks of outcomes.
import { h } from "./dom.js";

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** A shape and a word for each outcome, so that color is never alone. */
export const SHAPES = { accepted: "●", deferred: "▲", refused: "✕" };

export const count = number => Number.isFinite(number) ? whole.format(number) : "–";

/** At most four characters: 9.8k, 12M. */
export function short(number) {
  if (!Number.isFinite(number)) return "–";
  for (const [unit, size] of [["G", 1e9], ["M", 1e6], ["k", 1e3]]) {
    const scaled = number / size;
    if (scaled >= 0.99995) return (scaled < 9.95 ? scaled.toFixed(1) : scaled.toFixed(0)) + unit;
  }
  return whole.format(number);
}

/** All digits below a million, three above: 5.44M. */
export function total(number) {
  if (!Number.isFinite(number) || number < 1e6) return count(number);
  const [unit, size] = number < 1e9 ? ["M", 1e6] : ["G", 1e9];
  return (number / size).toPrecision(Math.max(3, String(Math.floor(number / size)).length)) + unit;
}

export function bytes(number) {
  if (!Number.isFinite(number)) return "–";
  for (const [unit, size] of [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]]) {
    if (number >= size) return `${(number / size).toFixed(number < 10 * size ? 1 : 0)} ${unit}`;
  }
  return `${whole.format(number)} B`;
}

export function percent(share) {
  if (!Number.isFinite(share)) return "–";
  const value = share * 100;
  return `${value === 0 || value >= 99.95 ? value.toFixed(0) : value.toFixed(value < 10 ? 1 : 0)} %`;
}

/** A latency: 0.4 ms, 2.1 s. */
export function span(seconds) {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 0.001) return `${(seconds * 1e6).toFixed(0)} µs`;
  if (seconds < 1) return `${(seconds * 1e3).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
  return seconds < 120 ? `${seconds.toFixed(seconds < 10 ? 2 : 1)} s` : age(seconds);
}

/** An age: 42 s, 3 m 20 s, 2 d 4 h. */
export function age(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} m ${s % 60} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} m`;
  return `${Math.floor(s / 86400)} d ${Math.floor(s / 3600) % 24} h`;
}

/** The time of day, with the day if it is not today's. */
export function time(text) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return "–";
  const today = date.toDateString() === new Date().toDateString();
  return today ? clock.format(date) : `${day.format(date)} ${clock.format(date)}`;
}

export const isoTime = text => Number.isNaN(Date.parse(text)) ? null : new Date(text).toISOString();

/** A beginning of what a stranger sent: a subject may have a megabyte. */
export const clip = (text, limit = 300) => text && text.length > limit ? `${text.slice(0, limit)}…` : text;

export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

/** The outcome that a reply code stands for. */
export const outcomeOf = code => code >= 500 ? "refused" : code >= 400 ? "deferred" : "accepted";

/** An outcome as its shape and, unless it is to be short, its word. */
export function badge(outcome, word = outcome) {
  const known = Object.hasOwn(SHAPES, outcome) ? outcome : "";
  return h(`span.outcome${known ? "." + known : ""}`, {}, h("i", { "aria-hidden": "true" }, SHAPES[known] ?? "·"), h("span", {}, word));
}

/** A reply as it was sent. */
export const replyText = reply => reply ? [reply.code, reply.enhanced, reply.text].filter(Boolean).join(" ") : "–";
