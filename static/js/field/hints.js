// One calm line for whoever opens a page for the first time; put away once, it stays away on this tablet.

import { slot } from "./dom.js";

/** Show the page's hint, unless it was put away. */
export async function showHints(vault) {
  const seen = (await vault.recall("hints")) ?? [];
  for (const hint of document.querySelectorAll("[data-hint]")) {
    hint.hidden = seen.includes(hint.dataset.hint);
    slot(hint, "hint-close")?.addEventListener("click", () => putAway(vault, hint));
  }
}

async function putAway(vault, hint) {
  hint.hidden = true;
  document.getElementById("main")?.focus({ preventScroll: true });
  const seen = (await vault.recall("hints")) ?? [];
  await vault.remember("hints", [...new Set([...seen, hint.dataset.hint])]);
}
