// A household by room, name or end of a phone number among those on this tablet, in either script.

import { address, clone, slot, to } from "../dom.js";
import { finder } from "../households.js";
import { say } from "../words.js";

export async function start(app) {
  const search = await finder(app.vault);
  const input = document.getElementById("find");
  const draw = () => show(search, input.value);
  input.addEventListener("input", draw);
  draw();
  input.focus();
}

function show(search, words) {
  const { found, more } = search.find(words);
  const list = slot(document, "found");
  list.replaceChildren(...found.map((each) => clone("found", { where: each.where, who: each.who, link: to(address("household", { id: each.id })) })));
  list.hidden = !found.length;
  const count = slot(document, "count");
  if (!words.trim()) count.textContent = say("search_size", { n: search.size });
  else count.textContent = more ? say("search_more", { n: found.length }) : say("search_found", { n: found.length });
}
