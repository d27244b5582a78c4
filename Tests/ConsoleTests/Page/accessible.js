// Finds what would keep somebody from using the page: contrast, names, roles, headings, sizes. Returns sentences.
const faults = [];
const describe = element => `<${element.tagName.toLowerCase()}${element.id ? "#" + element.id : ""}${[...element.classList].map(name => "." + name).join("")}> “${(element.textContent || "").trim().slice(0, 40)}”`;
const isVisible = element => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.getClientRects().length > 0;
const all = selector => [...document.querySelectorAll(selector)].filter(isVisible);
const modal = document.querySelector("dialog[open]");
const inPlay = element => !modal || modal.contains(element);

function parse(text) {
  const srgb = /^color\(srgb ([\d.e+-]+) ([\d.e+-]+) ([\d.e+-]+)(?: \/ ([\d.]+))?\)/.exec(text);
  if (srgb) return [srgb[1] * 255, srgb[2] * 255, srgb[3] * 255, srgb[4] === undefined ? 1 : Number(srgb[4])];
  const numbers = (/^rgba?\((.*)\)$/.exec(text)?.[1] ?? "0,0,0,0").split(/[ ,/]+/).map(Number);
  return [numbers[0], numbers[1], numbers[2], numbers[3] ?? 1];
}
const over = (top, bottom) => [0, 1, 2].map(index => top[index] * top[3] + bottom[index] * (1 - top[3])).concat(1);
function background(element) {
  const layers = [];
  for (let each = element; each; each = each.parentElement) layers.push(parse(getComputedStyle(each).backgroundColor));
  return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
}
function luminance(color) {
  const [r, g, b] = color.slice(0, 3).map(value => value / 255).map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

// Contrast of every text
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const seen = new Set();
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || seen.has(element) || !isVisible(element) || !inPlay(element)) continue;
  seen.add(element);
  const style = getComputedStyle(element);
  const color = parse(style.color);
  if (color[3] === 0 || element.closest(":disabled, .unseen, noscript, option")) continue;
  const behind = background(element);
  const size = parseFloat(style.fontSize);
  // A shape that stands beside its word or number is graphics: 3.
  const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) || (element.tagName === "I" && element.ariaHidden === "true");
  const ratio = contrast(over(color, behind), behind);
  if (ratio < (isLarge ? 3 : 4.5)) faults.push(`contrast ${ratio.toFixed(2)}: ${describe(element)}`);
}
for (const element of all("input, textarea").filter(inPlay)) {
  if (!element.placeholder) continue;
  const ratio = contrast(parse(getComputedStyle(element, "::placeholder").color), background(element));
  if (ratio < 4.5) faults.push(`placeholder contrast ${ratio.toFixed(2)}: ${describe(element)}`);
}

// Names and roles
const ROLES = ["listbox", "option", "tablist", "tab", "tabpanel", "status", "alert", "search", "group", "img"];
const textOf = id => document.getElementById(id)?.textContent ?? "";
const nameOf = element => (element.ariaLabel || (element.getAttribute("aria-labelledby") ?? "").split(" ").map(textOf).join(" ").trim()
  || [...element.labels ?? []].map(label => label.textContent).join(" ") || element.textContent || element.title || "").trim();
const INTERACTIVE = "a[href], button, input, select, textarea, summary, iframe, [tabindex='0'], [role=option], [role=tab], [role=listbox], dialog[open]";
for (const element of all(INTERACTIVE).filter(inPlay)) {
  if (!nameOf(element)) faults.push(`no name: ${describe(element)}`);
  if (element.matches("input, select, textarea") && !element.ariaLabel && !element.labels.length) faults.push(`no label: ${describe(element)}`);
}
for (const element of all("[role]")) {
  if (!ROLES.includes(element.getAttribute("role"))) faults.push(`unknown role: ${describe(element)}`);
}
for (const [parent, child] of [["listbox", "option"], ["tablist", "tab"]]) {
  for (const element of all(`[role=${child}]`)) if (!element.closest(`[role=${parent}]`)) faults.push(`${child} outside ${parent}`);
  for (const element of all(`[role=${parent}]`)) {
    if ([...element.children].some(each => each.getAttribute("role") !== child)) faults.push(`${parent} with other children`);
  }
}
for (const name of ["aria-controls", "aria-describedby", "aria-labelledby", "aria-activedescendant"]) {
  for (const element of document.querySelectorAll(`[${name}]`)) {
    for (const id of element.getAttribute(name).split(" ")) if (!document.getElementById(id)) faults.push(`${name} leads nowhere: ${describe(element)}`);
  }
}
for (const element of all("[aria-hidden=true]")) {
  if (element.matches("a, button, input, [tabindex='0']") || element.querySelector("a, button, input, [tabindex='0']")) faults.push(`focus within aria-hidden: ${describe(element)}`);
}
for (const element of all("button, a")) if (element.querySelector("button, a, input")) faults.push(`nested controls: ${describe(element)}`);
for (const element of all("[tabindex]")) if (element.tabIndex > 0) faults.push(`tabindex above 0: ${describe(element)}`);
const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
for (const id of ids.filter((each, index) => ids.indexOf(each) !== index)) faults.push(`id twice: ${id}`);

// Structure
if (!document.documentElement.lang) faults.push("no language");
if (all("main").length !== 1) faults.push("not one main");
if (all("h1").length !== 1) faults.push("not one h1");
let level = 0;
for (const heading of all("h1, h2, h3, h4")) {
  const next = Number(heading.tagName[1]);
  if (next > level + 1) faults.push(`heading skips a level: ${describe(heading)}`);
  level = next;
}
for (const list of all("ul, ol")) if ([...list.children].some(({ tagName }) => tagName !== "LI")) faults.push(`list with other children: ${describe(list)}`);

// Targets of 24 px (WCAG 2.5.8), but for links within text
for (const element of all("button, nav a, input, select, summary, [role=tab], [role=option]").filter(inPlay)) {
  const { width, height } = element.getBoundingClientRect();
  if (Math.min(width, height) < 23.5) faults.push(`target ${width.toFixed(0)}×${height.toFixed(0)}: ${describe(element)}`);
}

// What scrolls can be scrolled by keys
for (const element of all("body *")) {
  const { overflowY } = getComputedStyle(element);
  if (!["auto", "scroll"].includes(overflowY) || element.scrollHeight <= element.clientHeight + 1) continue;
  if (element.tabIndex < 0 && element.tagName !== "MAIN" && !element.querySelector("a, button, input, textarea, [tabindex='0']")) faults.push(`scrolls, but not by keys: ${describe(element)}`);
}

// Nothing is cut off at the side
if (document.documentElement.scrollWidth > innerWidth) faults.push(`wider than the window: ${document.documentElement.scrollWidth} > ${innerWidth}`);
const main = document.querySelector("main");
if (main.scrollWidth > main.clientWidth) faults.push(`main is wider than its place: ${main.scrollWidth} > ${main.clientWidth}`);

return [...new Set(faults)];
