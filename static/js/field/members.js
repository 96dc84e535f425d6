// Members of repeated groups. A new one comes by htmx as a fragment that the worker holds; one that was kept is laid from
// the same fragment. The id of a member stands where the fragment says __id__.

import { slot } from "./dom.js";
import { spoken } from "./controls.js";
import { COMMA, say } from "./words.js";

const fragments = new Map();

/** The fragment of a group, fetched once. */
export async function fragment(base, group) {
  const address = base + group;
  if (!fragments.has(address)) {
    const answer = await fetch(address, { credentials: "omit" });
    fragments.set(address, await answer.text());
  }
  return fragments.get(address);
}

/** Lay a member with this id at the end of the group's list; returns its element. */
export async function layMember(list, base, group, id) {
  const page = new DOMParser().parseFromString(await fragment(base, group), "text/html");
  const element = document.importNode(page.querySelector("[data-member]"), true);
  named(element, id);
  list.append(element);
  return element;
}

/** Give a member its id: in names, ids, paths and what refers to them. */
export function named(element, id) {
  for (const each of [element, ...element.querySelectorAll("*")]) {
    for (const attribute of each.attributes) {
      if (attribute.value.includes("__id__")) each.setAttribute(attribute.name, attribute.value.replaceAll("__id__", id));
    }
  }
}

/** Fold a member to one line, or open it. */
export function fold(element, folded) {
  const summary = slot(element, "summary");
  summary.hidden = !folded;
  slot(element, "body").hidden = folded;
  if (folded) sumUp(element);
}

/** Number the members of a list in their order. */
export function number(list) {
  [...list.children].forEach((each, index) => (slot(each, "number").textContent = say("nth", { n: index + 1 })));
}

function sumUp(element) {
  const fields = [...element.querySelectorAll(".field")].filter((each) => !each.hidden);
  const said = (types, most) => fields.filter((each) => types.includes(each.dataset.type)).map(spoken).filter(Boolean).slice(0, most);
  const [kind, ...answers] = said(["choice"], 4);
  slot(element, "summary-kind").textContent = kind ?? say("no_kind");
  slot(element, "summary-words").textContent = said(["long_text"], 1)[0] ?? "";
  const photos = element.querySelectorAll(".photos figure").length;
  const more = [...said(["department", "record", "date"], 3), ...answers, photos ? say("photos_count", { n: photos }) : ""];
  slot(element, "summary-meta").textContent = more.filter(Boolean).join(COMMA);
}
