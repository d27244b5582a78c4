// The view Sessions: connections and what was said on them.
import { getJSON } from "./api.js";
import { Browser } from "./browser.js";
import { h } from "./dom.js";
import { bytes, count, isoTime, plural, span, time } from "./format.js";

export class Sessions extends Browser {
  constructor(app) {
    super(app, {
      id: "sessions", title: "Sessions", path: "/api/sessions", one: "Session", nothing: "Nobody has connected yet.",
      names: ["user", "listener", "to", "from", "domain", "tag"], hasQuery: false,
      columns: ["Opened", "Ended", "Peer", "Helo", "TLS", "Messages", "Size"],
      row: session => [
        h("time", {}, time(session.opened)), ended(session), h("span.peer", {}, session.peer), h("span.helo", {}, session.helo || "–"),
        h("span.tls", {}, session.tls ?? "no"),
        h("span.number", {}, count(session.messages), session.refused ? h("small", {}, ` ✕ ${count(session.refused)}`) : null),
        h("span.size", {}, bytes(session.bytes)),
      ],
      detail: (id, _, place) => showSession(id, place),
    });
  }

  update(batch) {
    // The envelope is not in a row: with such a filter only the server can choose.
    const { to, from, domain, tag } = this.values;
    if (to || from || domain || tag) { if (batch.session.length) this.later(); }
    else this.add(batch.session);
  }
}

function ended({ ended: how }) {
  const shape = how ? { quit: "●", eof: "○", rule: "◆" }[how] ?? "✕" : "▶";
  return h(`span.ended${how ? "" : ".open"}`, {}, h("i", { "aria-hidden": "true" }, shape), h("span", {}, how ?? "open"));
}

async function showSession(id, place) {
  try {
    const session = await getJSON(`/api/sessions/${encodeURIComponent(id)}`);
    if (!place.isConnected || location.hash.indexOf(encodeURIComponent(id)) < 0) return;
    const facts = [
      ["opened", h("time", { datetime: isoTime(session.opened) }, time(session.opened))], ["lasted", span(session.seconds)],
      ["helo", session.helo], ["TLS", session.tls ?? "no"], ["user", session.user], ["listener", session.listener],
      ["messages", `${count(session.messages)}, ${count(session.refused)} refused`], ["bytes", bytes(session.bytes)], ["id", session.id],
    ];
    place.append(h("header", {}, h("h2", {}, ended(session), " ", session.peer),
      h("dl.facts", {}, facts.filter(([, value]) => value).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]))),
      h("div.panel", { tabindex: "0", role: "group", "aria-label": "Transcript" }, transcript(session)));
  } catch (error) {
    place.append(h("p.problem", { role: "status" }, error.status === 404 ? "This session is no longer kept." : error.message));
  }
}

const SPEAKERS = { C: ["C", "client"], S: ["S", "server"] };

/** What was said, line by line; at most a thousand lines. */
export function transcript({ transcript: lines = [] }) {
  if (!lines.length) return h("p.muted", {}, "No transcript is kept.");
  return h("div.transcript", {}, lines.slice(0, 1000).map(({ who, text }) => {
    const [letter, speaker] = SPEAKERS[who] ?? [who, who];
    return h(`p.${speaker === "client" ? "client" : "server"}`, {}, h("b", { title: speaker }, letter), h("span", {}, text));
  }), lines.length > 1000 ? h("p.muted", {}, `${plural(lines.length - 1000, "more line")}.`) : null);
}
