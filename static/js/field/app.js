// The entry of every shell: opens the vault, starts the synchronisation, and gives each page that htmx brings to its module.

import { address, notice } from "./dom.js";
import { showHints } from "./hints.js";
import { install } from "./install.js";
import { session } from "./session.js";
import { showStatus } from "./status.js";
import { Sync } from "./sync.js";
import { openVault } from "./vault.js";
import { loadWords, say } from "./words.js";

const app = { vault: null, sync: null, page: null, flush: async () => {}, stop: [] };
const started = start();

document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt === document.body || event.detail.elt.querySelector?.("[data-page]") || event.detail.elt.matches?.("[data-page]")) started.then(show, () => {});
});
document.addEventListener("htmx:beforeHistorySave", () => app.flush());
document.addEventListener("htmx:sendError", () => notice("offline", say("page_not_here")));

async function start() {
  await loadWords();
  app.vault = await openVault();
  app.sync = new Sync(app.vault);
  app.vault.watch(["outbox", "meta"], () => soon(() => showStatus(app.vault)));
  install(() => app.flush()).catch(() => {});
  if (await session(app.vault)) await app.sync.start();
  // Asked for, never waited for: some browsers ask the person, and answer when the person does.
  navigator.storage?.persist?.().then((granted) => app.vault.remember("persisted", granted), () => {});
  addEventListener("pagehide", () => app.flush());
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && app.flush());
  await show();
}

let shown = null;

/** Start the module of the page that stands in the document; once for each page that is brought. */
async function show() {
  const page = document.querySelector("[data-page]");
  if (!page || page === shown) return;
  shown = page;
  await app.flush().catch(() => {});
  for (const stop of app.stop.splice(0)) stop();
  app.flush = async () => {};
  const name = page.dataset.page;
  if (!["enrol", "help"].includes(name) && !(await session(app.vault))) {
    location.replace(address("enrol"));
    return;
  }
  keepQuery();
  await showStatus(app.vault);
  await showHints(app.vault);
  const module = await import(`./pages/${name}.js`);
  await module.start(app, new URLSearchParams(location.search));
  page.dataset.started = "";
}

// A language link leads to the same record.
function keepQuery() {
  for (const link of document.querySelectorAll("[data-language-link]")) {
    link.search = location.search;
  }
}

let waiting = null;
function soon(work) {
  clearTimeout(waiting);
  waiting = setTimeout(() => work().catch(() => {}), 60);
}
started.catch((problem) => {
  console.error(problem);
  document.getElementById("notices").textContent = say("storage_closed");
});
