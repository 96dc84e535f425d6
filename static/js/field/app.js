// The entry of every shell: opens the vault of whoever is unlocked, starts the synchronisation, and gives each page that
// htmx brings to its module.

import { address, notice } from "./dom.js";
import { showHints } from "./hints.js";
import { install } from "./install.js";
import * as lock from "./lock.js";
import { carry, openOld } from "./oldstore.js";
import { people } from "./people.js";
import { keepSession, session } from "./session.js";
import { showStatus } from "./status.js";
import { Sync } from "./sync.js";
import { openVault } from "./vault.js";
import { loadWords, say } from "./words.js";

const SENDS_ONCE_MORE = 8_000; // milliseconds that a lock waits for the network
const OUTSIDE = ["enrol", "unlock", "pin", "help"]; // pages that are shown while nothing is unlocked

const app = { vault: null, sync: null, flush: async () => {}, stop: [], enter, lockUp };
const started = start();

document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt === document.body || event.detail.elt.querySelector?.("[data-page]") || event.detail.elt.matches?.("[data-page]")) started.then(show, () => {});
});
document.addEventListener("htmx:beforeHistorySave", () => app.flush());
// The worker keeps a shell without a query, and says so; the address is the one that was asked for.
document.addEventListener("htmx:beforeHistoryUpdate", ({ detail: { history: update, pathInfo } }) => {
  if (update.path === pathInfo.responsePath) update.path = pathInfo.finalRequestPath;
});
document.addEventListener("htmx:sendError", () => notice("offline", say("page_not_here")));

async function start() {
  const [given] = await Promise.all([lock.handed(), loadWords()]);
  install(() => app.flush()).catch(() => {});
  lock.watch({ lockUp, flush: () => app.flush() });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && app.flush());
  if (given) await enter(given.person, given.key, { since: given.active });
  await show();
}

/** From now on this person works here. `fresh`: what the office has just answered. */
async function enter(person, key, { fresh = null, since } = {}) {
  await app.flush().catch(() => {});
  app.sync?.stop();
  app.vault?.close();
  const vault = await openVault(person, key);
  if (fresh) await keepSession(vault, fresh);
  lock.hold(person, key, since);
  app.vault = vault;
  app.sync = new Sync(vault, await carry(vault, person));
  vault.watch(["outbox", "meta"], () => soon(() => app.vault === vault && showStatus(vault)));
  await app.sync.start();
  // Asked for, never waited for: some browsers ask the person, and answer when the person does.
  navigator.storage?.persist?.().then((granted) => vault.remember("persisted", granted)).catch(() => {});
}

let locking = false;

/** Save, send once more, then give the key away. What cannot be saved keeps the tablet open. */
async function lockUp() {
  if (locking || !app.vault) return;
  locking = true;
  try {
    await app.flush();
  } catch {
    locking = false;
    notice("not-locked", say("not_locked"));
    return;
  }
  document.documentElement.dataset.locking = "";
  const { pathname, search } = location;
  await Promise.race([app.sync.now({ everything: true, pull: false }).catch(() => {}), new Promise((resolve) => setTimeout(resolve, SENDS_ONCE_MORE))]);
  app.sync.stop();
  lock.forgetEverywhere();
  app.vault.close();
  location.replace(address("unlock", { to: pathname.split("/").slice(3).join("/") + search }));
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
  if (!app.vault && !OUTSIDE.includes(name)) {
    location.replace(await door());
    return;
  }
  // Somebody chose a PIN and the tablet was switched off before the sign-in was kept.
  if (app.vault && !["enrol", "help"].includes(name) && !(await session(app.vault))) {
    location.replace(address("enrol"));
    return;
  }
  keepQuery();
  if (app.vault) {
    await showStatus(app.vault);
    await showHints(app.vault);
  }
  document.querySelector("[data-slot=lock]")?.addEventListener("click", lockUp);
  const module = await import(`./pages/${name}.js`);
  await module.start(app, new URLSearchParams(location.search));
  page.dataset.started = "";
}

// Where to, while nothing is unlocked: the keypad, the PIN that is still to be chosen, or the first sign-in.
async function door() {
  if ((await people()).length) return address("unlock", { to: location.pathname.split("/").slice(3).join("/") + location.search });
  const old = await openOld();
  const known = old && (await session(old));
  old?.close();
  return address(known ? "pin" : "enrol");
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
