// Filling the markup that the server rendered: templates are cloned, slots filled, nothing is ever set as HTML.

/** The element of a slot, nearest first. */
export function slot(root, name) {
  return root.querySelector(`[data-slot="${name}"]`);
}

/** A copy of `<template id="t-…">` with its slots filled: a text, an address for a link, `false` hides, a function acts on the element. */
export function clone(name, values = {}) {
  const template = document.getElementById(`t-${name}`);
  const copy = template.content.cloneNode(true);
  fill(copy, values);
  return copy.childElementCount === 1 ? copy.firstElementChild : copy;
}

/** Fill slots of what is already there. */
export function fill(root, values) {
  for (const [name, value] of Object.entries(values)) {
    const element = slot(root, name);
    if (!element || value === undefined) continue;
    if (typeof value === "function") value(element);
    else if (value === false || value === null) element.hidden = true;
    else {
      element.hidden = false;
      if (value !== true) element.textContent = value;
    }
  }
  return root;
}

/** A setter for a link's address, with its text where given. */
export function to(address, text) {
  return (element) => {
    element.href = address;
    element.hidden = false;
    if (text !== undefined) element.textContent = text;
  };
}

/** Put a sign of the sprite before a text. */
export function signed(sign, text) {
  return (element) => {
    element.hidden = false;
    element.replaceChildren(icon(sign), document.createTextNode(text));
  };
}

export function icon(sign, small = true) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("class", small ? "icon icon--s" : "icon");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${sign}`);
  drawing.append(use);
  return drawing;
}

/** A tag in the manner of a state: shape, word and colour. */
export function tagged(state, sign, text) {
  return (element) => {
    element.className = `tag is-${state}`;
    signed(sign, text)(element);
  };
}

/** A list in place: replaced as a whole, hidden section where it is empty. */
export function listed(root, name, items) {
  const list = slot(root, `${name}-list`);
  list.replaceChildren(...items);
  const section = slot(root, name);
  if (section) section.hidden = items.length === 0;
  const count = slot(root, `${name}-count`);
  if (count) count.textContent = items.length ? String(items.length) : "";
}

/** The last part of a shell's address with a query. */
export function address(page, query = {}) {
  const language = document.documentElement.dataset.language;
  const name = page === "today" ? "" : page;
  const asked = new URLSearchParams(Object.entries(query).filter(([, value]) => value));
  return `/field/${language}/${name}${asked.size ? `?${asked}` : ""}`;
}

/** Go on to a page without a new document, as a tap on a link does: what this one holds in memory stays. */
export function follow(target) {
  const link = Object.assign(document.createElement("a"), { href: target, hidden: true });
  document.body.append(link);
  globalThis.htmx?.process(link);
  link.click();
}

/** A notice above the page, once for each id; returns the element. */
export function notice(id, words, act, run) {
  const place = document.getElementById("notices");
  document.getElementById(`notice-${id}`)?.remove();
  if (!words) return null;
  const element = clone("notice", { "notice-words": words, "notice-act": act ?? false });
  element.id = `notice-${id}`;
  if (run) slot(element, "notice-act").addEventListener("click", run);
  place.append(element);
  return element;
}

/** Lay a page's heading and title. */
export function heading(root, name, text) {
  const element = slot(root, name);
  element.textContent = text;
  document.title = `${text} · ${document.title.split(" · ").at(-1)}`;
}
