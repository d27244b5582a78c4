// One message: what was said about it, and its content in as many ways as there are.
import { beginning, getJSON, request } from "./api.js";
import { announce, button, confirm, h } from "./dom.js";
import { badge, bytes, clip, isoTime, plural, replyText, time } from "./format.js";
import { transcript } from "./sessions.js";
import { tabs } from "./tabs.js";
import { why } from "./why.js";

/** Text that is shown at most; all of it can be downloaded. */
const SHOWN = 256 * 1024;
/** Header fields and attachments that are shown at most. */
const LISTED = 500;

/** Fills a place with a message. */
export async function showMessage(app, id, tab, place, onTab) {
  const base = `/api/v1/message/${encodeURIComponent(id)}`;
  try {
    const entry = await getJSON(`/api/messages/${encodeURIComponent(id)}`);
    const message = entry.kept ? await getJSON(base) : null;
    if (!place.isConnected || location.hash.indexOf(encodeURIComponent(id)) < 0) return;
    const number = message ? message.Attachments.length + message.Inline.length : 0;
    const content = [["text", "Text"], ["html", "HTML"], ["headers", "Headers"], ["source", "Source"],
      ["attachments", number ? `Attachments ${number}` : "Attachments"]];
    const views = [...message ? content : [], ...entry.session ? [["transcript", "Transcript"]] : [], ["why", "Why"]];
    if (!message) views.reverse();
    const fill = {
      text: panel => panel.replaceChildren(...message.Text ? source({ text: message.Text.slice(0, SHOWN), isWhole: message.Text.length <= SHOWN }, base) : [nothing("The message has no text part.")]),
      html: panel => panel.replaceChildren(message.HTML ? frame(id) : nothing("The message has no HTML part.")),
      headers: panel => load(panel, async () => headers(await getJSON(`${base}/headers`))),
      source: panel => load(panel, async () => source(await beginning(`${base}/raw`, SHOWN), base)),
      attachments: panel => panel.replaceChildren(...[attachments(message, base)].flat()),
      transcript: panel => load(panel, async () => transcript(await getJSON(`/api/sessions/${encodeURIComponent(entry.session)}`))),
      why: panel => load(panel, () => why(app, entry)),
    };
    const { bar, panel } = tabs("Parts of the message", views, tab ?? (message && !message.Text && message.HTML ? "html" : undefined), (name, panel, isByUser) => {
      fill[name](panel);
      if (isByUser) onTab(name);
    });
    place.append(heading(app, entry, message, base), bar, panel);
  } catch (error) {
    place.append(h("p.problem", { role: "status" }, error.status === 404 ? "This message is no longer kept." : error.message));
  }
}

/** Fills a panel once something is fetched, unless another tab was chosen in the meantime. */
async function load(panel, make) {
  const mark = h("p.muted", {}, "…");
  panel.replaceChildren(mark);
  let content;
  try { content = await make(); } catch (error) { content = h("p.problem", { role: "status" }, error.message); }
  if (mark.isConnected) panel.replaceChildren(...[content].flat());
}

const nothing = sentence => h("p.muted", {}, sentence);

function heading(app, entry, message, base) {
  const facts = [
    ["from", entry.from || "<> (the null path)"], ["to", (entry.to ?? []).slice(0, 50).join(", ") + ((entry.to ?? []).length > 50 ? ` and ${entry.to.length - 50} more` : "") || "–"],
    ["reply", replyText(entry.reply)], ["stage", entry.stage],
    ["at", h("time", { datetime: isoTime(entry.at) }, time(entry.at))], ["size", entry.size ? bytes(entry.size) : null],
    ["peer", entry.peer], ["helo", entry.helo], ["TLS", entry.tls ?? "no"], ["user", entry.user], ["listener", entry.listener],
    ["session", h("a", { href: `#/sessions?open=${encodeURIComponent(entry.session)}` }, entry.session)], ["id", entry.id],
  ];
  const remove = message && button("Delete…", async () => {
    if (!await confirm("Delete this message?", "Delete")) return;
    try {
      await request("/api/v1/messages", { method: "DELETE", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ IDs: [entry.id] }) });
      announce("Deleted");
      app.go("messages", app.view.values);
      app.view.reload();
    } catch (error) { remove.after(h("p.problem", { role: "status" }, error.message)); }
  }, { class: "writes danger" });
  return h("header", {},
    h("h2", {}, badge(entry.outcome), " ", clip(entry.subject, 1000) || h("em", {}, message ? "(no subject)" : replyText(entry.reply))),
    message ? null : nothing(entry.outcome === "accepted" ? "Its content is not kept." : `It was ${entry.outcome} at ${entry.stage}; there is no content to show.`),
    h("dl.facts", {}, facts.filter(([, value]) => value).map(([name, value]) => [h("dt", {}, name), h(`dd.${name}`, {}, value)])),
    message?.Defects?.length ? h("p.defects", {}, `${plural(message.Defects.length, "defect")}: ${message.Defects.join("; ")}`) : null,
    message ? h("div.actions", {}, h("a.button", { href: `${base}/raw?dl=1`, download: `${entry.id}.eml` }, "Download"), remove) : null);
}

const cut = base => h("p.muted", {}, `Only the first ${bytes(SHOWN)} are shown. `, h("a", { href: `${base}/raw?dl=1` }, "Download all of it"));

/** Without a token in `sandbox` the frame runs no script, submits nothing, opens nothing, and has no origin. */
function frame(id) {
  return h("iframe", { sandbox: true, src: `/view/${encodeURIComponent(id)}.html`, title: "The message as HTML", referrerpolicy: "no-referrer" });
}

function headers(fields) {
  const rows = Object.entries(fields).flatMap(([name, values]) => values.map(value => [name, value]));
  return [h("table.fields", {}, h("tbody", {}, rows.slice(0, LISTED).map(([name, value]) =>
    h("tr", {}, h("th", { scope: "row" }, clip(name)), h("td", {}, clip(value, 10_000)))))), rest(rows, "field")];
}

const rest = (list, one) => list.length > LISTED ? nothing(`${plural(list.length - LISTED, `more ${one}`)}.`) : "";

function source({ text: content, isWhole }, base) {
  return [h("pre.content", {}, content), isWhole ? "" : cut(base)];
}

function attachments(message, base) {
  const all = [...message.Attachments, ...message.Inline];
  if (!all.length) return nothing("The message has no attachments.");
  return [h("ul.attachments", {}, all.slice(0, LISTED).map(each => h("li", {},
    h("a", { href: `${base}/part/${encodeURIComponent(each.PartID)}`, download: each.FileName || each.PartID }, each.FileName || `part ${each.PartID}`),
    h("span", {}, `${each.ContentType}, ${bytes(each.Size)}`),
    each.Checksums?.SHA256 ? h("code", { title: "SHA-256" }, each.Checksums.SHA256) : null))), rest(all, "attachment")];
}
