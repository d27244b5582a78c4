// The view Messages: what was accepted, deferred or refused.
import { request, withQuery } from "./api.js";
import { Browser } from "./browser.js";
import { announce, button, confirm, h } from "./dom.js";
import { badge, bytes, clip, time } from "./format.js";
import { showMessage } from "./message.js";

export class Messages extends Browser {
  constructor(app) {
    super(app, {
      id: "messages", title: "Messages", path: "/api/messages", one: "Message", nothing: "No message has arrived yet.",
      names: ["to", "domain", "tag", "user", "listener", "from", "subject", "rule"],
      choices: { outcome: ["accepted", "deferred", "refused"] }, hasQuery: true,
      columns: ["Time", "Outcome", "From", "To", "Subject", "Size"],
      row: entry => [
        h("time", {}, time(entry.at)), badge(entry.outcome),
        h("span.from", { title: clip(entry.from) || null }, clip(entry.from) || "<>"),
        h("span.to", { title: clip((entry.to ?? []).slice(0, 10).join("\n"), 1000) || null }, recipients(entry)),
        h("span.subject", { title: clip(entry.subject) || null }, clip(entry.subject) || h("em", {}, reason(entry))),
        h("span.size", {}, entry.size ? bytes(entry.size) : ""),
      ],
      detail: (...place) => showMessage(app, ...place),
      actions: [button("Delete…", () => this.#delete(), { class: "writes danger", title: "Deletes the kept messages that fit the filters" })],
    });
  }

  update(batch) { this.add(batch.message); }

  async #delete() {
    const { outcome, query, ...filters } = this.values;
    if (outcome || query) return this.filters.fault("Only filters by address, user, listener, rule and subject can be deleted by; remove the others first.");
    const isAll = !Object.keys(filters).length;
    const question = isAll ? "Delete all kept messages?" : `Delete the kept messages with ${Object.entries(filters).map(([name, value]) => `${name} ${value}`).join(", ")}?`;
    if (!await confirm(question, "Delete")) return;
    try {
      await request(withQuery("/api/v1/messages", filters), { method: "DELETE" });
      announce("Deleted");
      this.app.go("messages", this.values);
      this.reload();
    } catch (error) {
      this.filters.fault(error.message);
    }
  }
}

function recipients({ to = [] }) {
  return to.length > 1 ? `${clip(to[0])} +${to.length - 1}` : clip(to[0]) ?? "–";
}

/** What stands for the subject of a message that was refused before it had one. */
function reason({ outcome, reply, stage }) {
  return outcome === "accepted" ? "(no subject)" : `${reply?.code ?? ""} at ${stage}: ${clip(reply?.text) ?? ""}`;
}
