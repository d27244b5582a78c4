// Why a message was answered as it was: what was recorded, and what the rules in force say at each stage.
import { postText } from "./api.js";
import { h } from "./dom.js";
import { badge, outcomeOf, replyText } from "./format.js";

const STAGES = ["connect", "helo", "auth", "mail", "rcpt", "data", "message"];
/** Which facts a stage can know, beside those that it has from earlier ones. */
const FACTS = { connect: ["peer", "listener", "tls"], helo: ["helo"], auth: ["user"], mail: ["from"], rcpt: ["to"], data: [], message: [] };

/** At `rcpt` the last one named is the current one; more than these would make the question unreadable. */
const RECIPIENTS = 20;
/** Rules that were passed over and are listed at most. */
const PASSED = 200;

/** An address without its port: `10.0.0.1:4711`, `[2001:db8::1]:4711`. */
const host = peer => /^\[(.*)\](?::\d+)?$/.exec(peer)?.[1] ?? /^([^:]*):\d+$/.exec(peer)?.[1] ?? peer;

/** A fact as `explain` reads it. */
function fact(name, value) {
  const plain = String(value).replace(/["\r\n]/g, "");
  return /[\s]/.test(plain) || plain === "" ? `${name}="${plain}"` : `${name}=${plain}`;
}

/** The questions to `explain`, one for each stage up to the one that answered last. */
export function questions(entry) {
  const known = [];
  const list = [];
  for (const stage of STAGES) {
    for (const name of FACTS[stage]) {
      const value = entry[name];
      if (name === "to") known.push(...(value ?? []).slice(-RECIPIENTS).map(address => fact("to", address)));
      else if (name === "peer" && value) known.push(fact("peer", host(value)));
      else if (name === "tls") known.push(value ? fact("tls", value) : "tls=no");
      else if (value) known.push(fact(name, value));
    }
    if (stage === "auth" && !entry.user) continue;
    if (stage === "message" && entry.subject) known.push(fact("header.Subject", entry.subject));
    list.push([stage, [stage, ...known].join(" ")]);
    if (stage === entry.stage) break;
  }
  return list;
}

/** The tab's content. */
export async function why(app, entry) {
  const answers = await Promise.all(questions(entry).map(async ([stage, question]) => {
    try { return [stage, question, await postText("/api/explain", question)]; } catch (error) { return [stage, question, { error: error.message }]; }
  }));
  return h("div.why", {},
    h("h3", {}, "What happened"),
    h("p.answer", {}, badge(entry.outcome), ` at ${entry.stage}: `, h("code", {}, replyText(entry.reply))),
    h("p", {}, entry.rule ? ["The rule ", h("a", { href: "#/rules" }, entry.rule), " answered."] : "No rule answered; this is the stage's own reply."),
    h("h3", {}, "What the rules in force say, stage by stage"),
    h("ol.stages", {}, answers.map(([stage, question, answer]) => h("li", {},
      h("h4", {}, stage), explanation(answer), h("a.try", { href: `#/rules?try=${encodeURIComponent(question)}` }, "Try")))));
}

/** An answer of `explain`: the rule that would answer, the reply, and why the others would not. */
export function explanation({ rule, answer, passed = [], error }) {
  if (error) return h("p.problem", { role: "status" }, error);
  const code = /^\d{3}/.exec(answer ?? "")?.[0];
  return h("div.explanation", {},
    h("p.answer", {}, code ? badge(outcomeOf(Number(code)), "") : null, h("code", {}, answer || "the stage's own reply")),
    rule ? h("p", {}, "by ", h("code", {}, rule.name ? `${rule.name}: ${rule.text}` : rule.text)) : h("p.muted", {}, "by no rule"),
    passed.length ? h("details", {}, h("summary", {}, `${passed.length} passed over`),
      h("ul", {}, passed.slice(0, PASSED).map(each => h("li", {}, h("b", {}, `rule ${each.id}`), ` ${each.why}`)))) : null);
}
