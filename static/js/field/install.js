// The worker that keeps the shells: registered once, replaced only when the person agrees.

import { notice } from "./dom.js";
import { language, say } from "./words.js";

const ASK_EVERY = 3_600_000;

/** Register, tell the language, watch for a new version. `flush`: what must be saved before the page is loaded anew. */
export async function install(flush) {
  if (!("serviceWorker" in navigator)) {
    notice("no-worker", say("no_worker"));
    return;
  }
  const had = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", async () => {
    if (!had && !switching) return; // the first worker takes over the page as it stands
    await flush();
    location.reload();
  });
  try {
    const registration = await navigator.serviceWorker.register("/field/sw.js", { scope: "/field/", updateViaCache: "none" });
    offer(registration);
    registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", () => offer(registration)));
    setInterval(() => registration.update().catch(() => {}), ASK_EVERY);
    const ready = await navigator.serviceWorker.ready;
    ready.active?.postMessage({ language });
    await taken();
    document.documentElement.dataset.offline = "ready";
    document.dispatchEvent(new CustomEvent("linli:offline-ready"));
  } catch (problem) {
    console.warn(problem);
    notice("no-worker", say("no_worker"));
  }
}

// A worker is "ready" before it has taken over this page; until then a page asked for without a network would be missing.
function taken() {
  return new Promise((resolve) => {
    const look = () => navigator.serviceWorker.controller && resolve();
    navigator.serviceWorker.addEventListener("controllerchange", look);
    look();
  });
}

let switching = false;

function offer(registration) {
  const waiting = registration.waiting;
  if (!waiting || !navigator.serviceWorker.controller) return;
  notice("new-version", say("new_version"), say("reload"), () => {
    switching = true;
    waiting.postMessage({ switch: true });
  });
}

/** Whether the pages are kept for work without a network. */
export function keptOffline() {
  return Boolean(navigator.serviceWorker?.controller);
}
