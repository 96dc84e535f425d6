// Who has the data key, and until when. It lies only in memory: of the open pages, and for the moment between two pages in
// the worker's. Nothing here ever writes it down.

const IDLE = 5 * 60_000;
const LOOK = 5_000;
const HELD = "linli-unlocked";
const ACTS = ["pointerdown", "keydown", "input", "wheel", "touchstart"];

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("linli-lock");
let held = null; // {person, key}
let active = Date.now();
let release = null;

/** `{person, key}` from the page before this one or from another window; null: it is to be unlocked. */
export async function handed() {
  const given = (await fromWorker()) ?? (await fromWindow());
  return given && Date.now() - given.active < IDLE ? given : null;
}

function fromWorker() {
  const worker = navigator.serviceWorker?.controller;
  if (!worker) return null;
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => resolve(event.data);
    worker.postMessage({ ask: "key" }, [port2]);
    setTimeout(() => resolve(null), 1000);
  });
}

// Only where another window says that it is unlocked is its answer waited for.
async function fromWindow() {
  const locks = await navigator.locks?.query?.().catch(() => null);
  if (!channel || !locks?.held.some((each) => each.name === HELD)) return null;
  return new Promise((resolve) => {
    const hear = ({ data }) => data.key && done(data);
    const done = (value) => {
      channel.removeEventListener("message", hear);
      resolve(value);
    };
    channel.addEventListener("message", hear);
    channel.postMessage({ ask: "key" });
    setTimeout(() => done(null), 1000);
  });
}

/** From now on this page is unlocked. */
export function hold(person, key, since = Date.now()) {
  forget();
  held = { person, key };
  active = since;
  navigator.locks?.request(HELD, { mode: "shared" }, () => new Promise((resolve) => (release = resolve))).catch(() => {});
}

/** This page has the key no more. */
export function forget() {
  held = null;
  release?.();
  release = null;
}

/** Nor has anybody else. */
export function forgetEverywhere() {
  forget();
  navigator.serviceWorker?.controller?.postMessage({ forget: "key" });
  channel?.postMessage({ locked: true });
}

/** Call `lockUp` when nobody has touched the tablet for five minutes, or when another window was locked; `flush` before a page goes. */
export function watch({ lockUp, flush }) {
  for (const name of ACTS) addEventListener(name, touched, { capture: true, passive: true });
  const look = () => {
    if (!held) return;
    active = Math.min(active, Date.now());
    if (Date.now() - active >= IDLE) lockUp();
  };
  setInterval(look, LOOK);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
  channel?.addEventListener("message", ({ data }) => {
    if (data.ask && held) channel.postMessage({ ...held, active });
    if (data.active) active = Math.max(active, data.active);
    if (data.locked && held) lockUp();
  });
  addEventListener("pagehide", async (event) => {
    if (held) navigator.serviceWorker?.controller?.postMessage({ hand: { ...held, active } });
    await flush().catch(() => {});
    // A page that the browser keeps for the way back must not keep the key.
    if (event.persisted) forget();
  });
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}

let told = 0;
function touched() {
  if (!held) return;
  active = Date.now();
  if (active - told < 10_000) return;
  told = active;
  channel?.postMessage({ active });
}
