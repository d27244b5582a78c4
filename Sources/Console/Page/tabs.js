// Tabs by the ARIA pattern: one stop for Tab, arrows between them.
import { h } from "./dom.js";

/** Tabs `[[id, label]]`; `onSelect(id)` fills the panel. */
export function tabs(label, list, selected, onSelect) {
  const panel = h("div.panel", { role: "tabpanel", tabindex: "0", id: "panel" });
  const buttons = list.map(([id, text]) => h("button", {
    type: "button", role: "tab", id: `tab-${id}`, "aria-controls": "panel", onclick: () => select(id, true), onkeydown: move,
  }, text));
  const bar = h("div.tabs", { role: "tablist", "aria-label": label }, buttons);

  function select(id, isByUser) {
    for (const [index, [other]] of list.entries()) {
      buttons[index].setAttribute("aria-selected", String(other === id));
      buttons[index].tabIndex = other === id ? 0 : -1;
    }
    panel.setAttribute("aria-labelledby", `tab-${id}`);
    onSelect(id, panel, isByUser);
  }

  function move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const index = (buttons.indexOf(event.currentTarget) + step + list.length) % list.length;
    buttons[index].focus();
    select(list[index][0], true);
  }

  select(list.some(([id]) => id === selected) ? selected : list[0][0], false);
  return { bar, panel };
}
