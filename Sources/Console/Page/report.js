// The view Report: what a test of send rates has shown. Parts that it does not know are shown as they are.
import { getJSON, withQuery } from "./api.js";
import { button, command, h } from "./dom.js";
import { ranking } from "./now.js";
import { badge, bytes, count, outcomeOf, percent, span, time } from "./format.js";

const TITLES = {
  traffic: "Traffic", integrity: "Integrity", delivery: "Delivery", transaction: "Transaction", connections: "Connections",
  retry: "Retries", replies: "Replies", rules: "Rules", domains: "Domains", limits: "The sink", verdict: "Verdict",
};
const HINTS = {
  delivery: "from sent to the final dot", transaction: "MAIL to its reply", retry: "from refusal to acceptance",
  traffic: "rates in messages per second", replies: "by stage and code", limits: "was it the bottleneck?",
};
const NAMES = { p50: "median", p90: "90th percentile", p99: "99th percentile", p999: "99.9th percentile", disordered: "out of order", once: "seen once", mean: "mean", skewed: "clock skew, messages" };
/** Items of a list that are shown at most. */
const ITEMS = 20;
const SPANS = new Set(["p50", "p90", "p99", "p999", "max"]);
const SHARES = new Set(["disordered", "busy"]);
const HEAD = new Set(["schema", "runs", "run", "start", "end", "seconds", "window", "bits", "histograms", "rates"]);

export class Report {
  title = "Report";
  #run = null;

  constructor(app) {
    this.app = app;
    this.element = h("div.report");
  }

  show(values) {
    this.#run = values.run ?? null;
    this.#load();
  }

  hide() {}
  redraw() { if (this.element.querySelector(".empty")) this.#load(); }
  update() {}
  key() { return false; }

  async #load() {
    let content;
    try {
      const report = await getJSON(withQuery("/api/report", { run: this.#run }));
      content = Object.keys(report).some(key => !HEAD.has(key)) ? this.#content(report) : nothingYet(this.app.server);
    } catch (error) {
      content = h("div.empty", {}, h("p.problem", { role: "status" }, error.message), button("Again", () => this.#load()));
    }
    this.element.replaceChildren(...[content].flat());
  }

  #content(report) {
    const runs = report.runs ?? [];
    const head = h("div.toolbar", {},
      h("p.status", {}, `${time(report.start)} – ${time(report.end)}, ${span(report.seconds)}`, report.window ? `, measured ${span(report.window)}` : ""),
      h("div.actions", {},
        runs.length > 1 ? h("select", { "aria-label": "Run", onchange: event => this.app.go("report", { run: event.target.value }) },
          runs.map(run => h("option", { value: run, selected: run === report.run }, `run ${run}`))) : null,
        button("Refresh", () => this.#load()),
        h("a.button", { href: withQuery("/api/report", { run: this.#run }), download: `report-${report.run ?? "all"}.json` }, "JSON")));
    return [head, headline(report), h("div.panels", {}, Object.entries(report).filter(([key]) => !HEAD.has(key)).map(([key, part]) => section(key, part)))];
  }
}

function nothingYet(server) {
  return server?.track
    ? h("div.empty", {}, h("p", {}, "Nothing to report yet. Number the messages of a test, and the report tells losses, duplicates and retries:"),
      command("smtp-load --track --messages 100000 127.0.0.1:2525"))
    : h("div.empty", {}, h("p", {}, "This server tracks no runs, so there is nothing to report."));
}

/** The three numbers that a test is run for. */
function headline({ integrity, traffic, delivery }) {
  const tiles = [
    integrity && ["Missing", count(integrity.missing), integrity.missing ? "refused" : "accepted", integrity.missing ? "lost" : "none lost"],
    integrity && ["Duplicates", count(integrity.duplicates), integrity.duplicates ? "deferred" : "accepted", integrity.duplicates ? "seen twice" : "none twice"],
    traffic && ["Rate", `${count(traffic.mean)}/s`, null, `${count(traffic.messages)} messages`],
    delivery && ["Delivery p99", span(delivery.p99), null, `median ${span(delivery.p50)}`],
  ].filter(Boolean);
  return h("div.tiles", {}, tiles.map(([name, number, outcome, note]) =>
    h("section.tile", { "aria-label": name }, h("h2", {}, name), h("strong", {}, number), h("p", {}, outcome ? badge(outcome, note) : note))));
}

function section(key, part) {
  return h("section.box", { "aria-label": TITLES[key] ?? key }, h("h2", {}, TITLES[key] ?? key, HINTS[key] ? h("small", {}, ` ${HINTS[key]}`) : null), content(key, part));
}

function content(key, part) {
  switch (key) {
    case "replies": return h("ul.plain", {}, part.map(([stage, code, total]) => h("li", {}, badge(outcomeOf(code), String(code)), h("span", {}, ` ${stage}`), h("b", {}, count(total)))));
    case "rules": return ranked(part);
    case "domains": return ranked(part.map(each => [each.domain, (each.accepted ?? 0) + (each.deferred ?? 0) + (each.refused ?? 0)]));
    case "verdict": return h("ul.plain", {}, part.map(({ check, passed, text }) => h("li", {}, badge(passed ? "accepted" : "refused", passed ? "passed" : "failed"), h("span", {}, ` ${check}`), h("b", {}, text))));
    default: return value(key, part);
  }
}

function ranked(rows) {
  const body = h("div.body");
  ranking(body, rows.slice(0, 10), null, "None.");
  return body;
}

function value(key, part) {
  if (Array.isArray(part)) return part.length ? part.slice(0, ITEMS).map(each => typeof each === "number" ? count(each) : typeof each === "object" ? JSON.stringify(each) : String(each)).join(" · ") + (part.length > ITEMS ? ` and ${count(part.length - ITEMS)} more` : "") : "none";
  if (part !== null && typeof part === "object") {
    return h("dl.facts", {}, Object.entries(part).map(([name, inner]) => [h("dt", {}, NAMES[name] ?? name), h("dd", {}, value(name, inner))]));
  }
  if (typeof part === "boolean") return part ? "yes" : "no";
  if (typeof part !== "number") return part === null ? "–" : String(part);
  if (SPANS.has(key)) return span(part);
  if (SHARES.has(key)) return percent(part);
  return key === "bytes" ? bytes(part) : Number.isInteger(part) ? count(part) : part.toFixed(1);
}
