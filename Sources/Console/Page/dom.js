// Elements from names, properties and children. Text becomes text nodes: nothing a stranger sent is ever parsed as HTML.

/** Creates an element: `h("div.row", { onclick }, "text", child)`. Children that are null or false are left out. */
export function h(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "value") element.value = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** Sets the text of an element if it differs, so that nothing is laid out or announced twice. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A button. */
export function button(label, onclick, properties = {}) {
  return h("button", { type: "button", onclick, ...properties }, label);
}

/** Has screen readers say something when they have time. */
export function announce(text) {
  setText(document.getElementById("announce"), text);
}

/** A button that copies a text, and says so. */
export function copyButton(text, label = "Copy") {
  const element = button(label, async () => {
    await copy(text);
    setText(element, "Copied");
    announce("Copied");
    setTimeout(() => setText(element, label), 1500);
  });
  return element;
}

/** Copies a text; without the clipboard's API, which plain HTTP off loopback lacks, by a selection. */
async function copy(text) {
  if (navigator.clipboard) {
    try { return await navigator.clipboard.writeText(text); } catch { /* Not permitted: the other way. */ }
  }
  const area = h("textarea.unseen", { value: text, "aria-hidden": "true" });
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

/** A command to copy. */
export function command(text) {
  return h("div.command", {}, h("code", {}, text), copyButton(text));
}

/** Asks before something that cannot be undone; resolves to whether it was confirmed. */
export function confirm(question, action) {
  return new Promise(resolve => {
    const dialog = h("dialog", { "aria-label": question, onclose: () => { dialog.remove(); resolve(dialog.returnValue === "yes"); } },
      h("p", {}, question),
      h("div.actions", {}, button("Cancel", () => dialog.close("no")), button(action, () => dialog.close("yes"), { class: "danger" })));
    document.body.append(dialog);
    dialog.showModal();
  });
}
