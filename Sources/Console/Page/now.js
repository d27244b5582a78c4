// The view Now: four numbers, ten minutes, replies by stage and code, rules, the busiest, and the sink itself.
import { Chart, SECONDS, sparkline } from "./chart.js";
import { h, setText } from "./dom.js";
import { empty } from "./frame.js";
import { badge, count, outcomeOf, percent, short, span, total } from "./format.js";

const STAGES = ["connect", "helo", "starttls", "auth", "mail", "rcpt", "data", "content", "message", "vrfy", "expn", "command", "quit"];
const SPARK = 120;

const TILES = [
  ["Messages", "per second", each => each.messages, short],
  ["Connections", "open", each => each.open, short],
  ["Refused", "of messages, by 4xx or 5xx", each => each.messages ? (each.deferred + each.refused) / each.messages : 0, percent],
  ["Reply", "99th percentile", each => each.latency?.p99 ?? null, span],
];

export class Now {
  title = "Now";
  constructor(app) {
    this.app = app;
    this.tiles = TILES.map(([name, unit]) => {
      const number = h("strong", {}, "–");
      const canvas = h("canvas", { "aria-hidden": "true" });
      return { number, canvas, element: h("section.tile", { "aria-label": name }, h("h2", {}, name, h("small", {}, ` ${unit}`)), number, canvas) };
    });
    const readout = h("output", {}, "");
    this.canvas = h("canvas", {
      tabindex: "0", role: "img", "aria-label": "Messages per second in the last ten minutes, by outcome; arrow keys choose a second",
    });
    this.chart = new Chart(this.canvas, text => setText(readout, text));
    this.legend = ["accepted", "deferred", "refused"].map(outcome => badge(outcome));
    this.probe = h("span.probe", { "aria-hidden": "true" });
    this.welcome = h("div.welcome", { hidden: true });
    this.replies = panel("Replies", "stage × code, since the start");
    this.rules = panel("Rules", "by hits");
    this.domains = panel("Domains", "of recipients");
    this.clients = panel("Clients", "by address");
    this.sink = panel("The sink", "is it the bottleneck?");
    this.element = h("div.now", {},
      this.welcome,
      h("div.tiles", {}, this.tiles.map(({ element }) => element)),
      h("section.chart", { "aria-label": "Ten minutes" },
        h("h2", {}, "Ten minutes", h("small", {}, " messages per second")), h("div.legend", {}, this.legend, readout), this.canvas, this.probe),
      this.replies.element,
      h("div.panels", {}, [this.rules, this.domains, this.clients, this.sink].map(({ element }) => element)));
    new ResizeObserver(() => this.#draw()).observe(this.canvas);
  }

  show() { this.#render(); }
  hide() {}
  key() { return false; }
  redraw() { this.#render(); }

  update(batch) { if (batch.rates.length) this.#render(); }

  #render() {
    const { server, history, rates } = this.app;
    const isEmpty = Boolean(server) && history.every(({ messages, open }) => !messages && !open) && !rates?.replies?.length;
    if (this.welcome.hidden === isEmpty) {
      this.welcome.hidden = !isEmpty;
      this.welcome.replaceChildren(isEmpty ? empty("Nothing has arrived yet.", server) : "");
    }
    this.#draw();
    if (!rates) return;
    this.#showReplies(rates);
    this.#showRules(rates);
    const none = server?.keep === 0 ? "Not counted where nothing is kept (keep=0)." : "None yet.";
    ranking(this.domains.body, rates.domains ?? [], name => `#/messages?domain=${encodeURIComponent(name)}`, none);
    ranking(this.clients.body, rates.clients ?? [], null, none);
    this.#showSink(rates);
  }

  #draw() {
    const { history } = this.app;
    const color = element => getComputedStyle(element).color;
    const style = getComputedStyle(this.probe);
    const recent = history.slice(-SPARK);
    TILES.forEach(([, , value, text], index) => {
      const { number, canvas } = this.tiles[index];
      const values = recent.map(value);
      setText(number, values.length ? text(values.at(-1)) : "–");
      sparkline(canvas, values, SPARK, style.color);
    });
    const [accepted, deferred, refused] = this.legend.map(element => color(element.firstChild));
    this.chart.draw(history.slice(-SECONDS), {
      accepted, deferred, refused, text: style.outlineColor, line: style.borderTopColor, muted: style.textDecorationColor,
    });
  }

  #showReplies({ replies = [] }) {
    const before = new Map((this.app.ratesBefore?.replies ?? []).map(([stage, code, number]) => [`${stage} ${code}`, number]));
    const stages = STAGES.concat(replies.map(([stage]) => stage).filter(stage => !STAGES.includes(stage)));
    const rows = [...new Set(stages)].map(stage => [stage, replies.filter(([other]) => other === stage)]).filter(([, codes]) => codes.length);
    const cell = (stage, [, code, number]) => {
      const more = before.has(`${stage} ${code}`) ? number - before.get(`${stage} ${code}`) : 0;
      return h("li", {}, badge(outcomeOf(code), String(code)), h("b", { title: count(number) }, total(number)), h("small", {}, more > 0 ? `+${short(more)}` : ""));
    };
    this.replies.body.replaceChildren(rows.length
      ? h("ul.strip", {}, rows.map(([stage, codes]) => h("li", {}, h("h3", {}, stage),
        h("ul", {}, codes.toSorted((a, b) => a[1] - b[1]).map(each => cell(stage, each))))))
      : nothing("No reply yet."));
  }

  #showRules({ rules = [] }) {
    const known = this.app.rules;
    if (rules.some(([id]) => !known.has(id))) this.app.needRules();
    const rows = rules.filter(([, hits]) => hits).toSorted((a, b) => b[1] - a[1]).slice(0, 10);
    ranking(this.rules.body, rows.map(([id, hits]) => {
      const rule = known.get(id);
      return [rule ? rule.name ? `${rule.name}: ${rule.text}` : rule.text : `rule ${id}`, hits];
    }), () => "#/rules", "No rule has fired.");
  }

  #showSink({ busy, overflows = 0, dropped = 0 }) {
    const isBusy = busy >= 0.9 || overflows > 0;
    this.sink.body.replaceChildren(
      h("p.verdict", {}, h(`span.outcome.${isBusy ? "deferred" : "accepted"}`, {}, h("i", { "aria-hidden": "true" }, isBusy ? "▲" : "●")),
        isBusy ? " The sink may be the bottleneck." : " The sink is not the bottleneck."),
      h("dl.facts", {}, h("dt", {}, "busiest loop"), h("dd", {}, meter(busy), percent(busy)),
        h("dt", {}, "accept queue overflows"), h("dd", {}, count(overflows)),
        h("dt", {}, "events dropped"), h("dd", {}, count(dropped))));
  }
}

function panel(title, hint) {
  const body = h("div.body", {}, nothing("…"));
  return { body, element: h("section.box", { "aria-label": title }, h("h2", {}, title, h("small", {}, ` ${hint}`)), body) };
}

const nothing = text => h("p.muted", {}, text);

function meter(share) {
  const element = h("span.meter", { "aria-hidden": "true" }, h("i"));
  fill(element, share);
  return element;
}

function fill(meter, share) {
  meter.firstChild.style.width = `${Math.min(100, Math.max(0, share * 100 || 0))}%`;
}

/** Names with counts, and a bar for each share of the first. Rows stay, and with them the focus and a click that has begun. */
export function ranking(body, rows, link, otherwise) {
  if (!rows.length) return body.replaceChildren(nothing(otherwise));
  let list = body.querySelector("ol.ranking");
  if (!list) body.replaceChildren(list = h("ol.ranking"));
  while (list.children.length > rows.length) list.lastChild.remove();
  while (list.children.length < rows.length) list.append(h("li", {}, h(link ? "a" : "span"), h("b"), meter(0)));
  const highest = Math.max(...rows.map(([, number]) => number), 1);
  rows.forEach(([name, number], index) => {
    const [label, value, bar] = list.children[index].children;
    setText(label, name);
    label.title = name;
    if (link) label.href = link(name);
    setText(value, total(number));
    value.title = count(number);
    fill(bar, number / highest);
  });
}
