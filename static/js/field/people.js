// Who works on this tablet. Each person has a data key of their own; it lies here only wrapped: under the PIN, and sealed to
// the office's recovery key. In clear: ids, the first character of the name, times, how often a wrong PIN was given.

import { deleteDB, openDB } from "../../vendor/idb-8.0.4.js";
import { base64 } from "./facts.js";
import { waitAfter } from "./pin.js";

export const NAME = "linli-people";
const ROUNDS = 600_000; // of PBKDF2 with SHA-256; part of the format, so that no tablet has less
const encoder = new TextEncoder();

/** `code` is a key of the catalogue; `wait`: milliseconds until the next attempt. */
export class PinRefused extends Error {
  constructor(code, wait = 0) {
    super(code);
    this.code = code;
    this.wait = wait;
  }
}

async function using(work) {
  const database = await openDB(NAME, 1, { upgrade: (made) => made.createObjectStore("people", { keyPath: "id" }) });
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

/** All of them, who was here last first. */
export async function people() {
  const rows = await using((database) => database.getAll("people"));
  return rows.sort((a, b) => b.used_at.localeCompare(a.used_at));
}

export async function person(id) {
  return using((database) => database.get("people", id));
}

async function change(id, act) {
  return using(async (database) => {
    const transaction = database.transaction("people", "readwrite", { durability: "strict" });
    const row = await transaction.store.get(id);
    const next = row && act(row);
    if (next) await transaction.store.put(next);
    await transaction.done;
    return next;
  });
}

/** A new person with a new data key; returns the key. `recovery`: the office's public key. */
export async function admit({ id, device, name, pin, recovery }) {
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const at = new Date().toISOString();
  const row = { id, device, mark: [...name][0] ?? "", added_at: at, used_at: at, pin: await wrapped(raw, pin, id), escrow: await escrow(raw, recovery, id), tries: 0, tried_at: null };
  await using((database) => database.put("people", row));
  return keyOf(raw);
}

/** The data key for a PIN. Throws PinRefused `pin_wrong` or `pin_wait`; the attempt is counted before it is made. */
export async function unlock(id, pin) {
  return keyOf(await opened(id, pin));
}

/** Another PIN for the same data key. Throws as `unlock`. */
export async function changePin(id, pin, fresh) {
  const raw = await opened(id, pin);
  await setPin(id, raw, fresh);
  raw.fill(0);
}

/** The data key that the office gave back, under a new PIN. `check`: rejects where it is not the right one. */
export async function takeBack(id, raw, fresh, check) {
  const key = await importKey(raw);
  await check(key);
  await setPin(id, raw, fresh);
  raw.fill(0);
  return key;
}

async function setPin(id, raw, pin) {
  const under = await wrapped(raw, pin, id);
  await change(id, (row) => ({ ...row, pin: under, tries: 0, tried_at: null }));
}

/** How long this person has to wait before the next attempt. */
export function waitOf(row, now = Date.now()) {
  const wait = waitAfter(row.tries);
  const over = row.tried_at ? Date.parse(row.tried_at) + wait - now : 0;
  return Math.max(0, Math.min(over, wait)); // a clock that was set back makes nobody wait longer
}

async function opened(id, pin) {
  let wait = 0;
  const row = await change(id, (now) => {
    wait = waitOf(now);
    return wait ? null : { ...now, tries: now.tries + 1, tried_at: new Date().toISOString() };
  });
  if (!row) throw new PinRefused("pin_wait", wait);
  const raw = await unwrapped(row.pin, pin, id);
  if (!raw) throw new PinRefused("pin_wrong", waitOf(row));
  await change(id, (now) => ({ ...now, tries: 0, tried_at: null, used_at: new Date().toISOString() }));
  return raw;
}

/** The tablet's id at the office, as the newest sign-in told. */
export async function renewed(id, device) {
  await change(id, (row) => ({ ...row, device, used_at: new Date().toISOString() }));
}

/** Take a person from the tablet; with the last one the list goes too. */
export async function dismiss(id) {
  await using((database) => database.delete("people", id));
  if (!(await people()).length) await deleteDB(NAME);
}

async function wrapped(raw, pin, id) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const key = await fromPin(pin, salt, ROUNDS);
  return { rounds: ROUNDS, salt, iv, key: new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: labelOf("pin", id) }, key, raw)) };
}

async function unwrapped({ rounds, salt, iv, key }, pin, id) {
  const under = await fromPin(pin, salt, rounds);
  return crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: labelOf("pin", id) }, under, key).then((raw) => new Uint8Array(raw), () => null);
}

async function fromPin(pin, salt, iterations) {
  const secret = await crypto.subtle.importKey("raw", encoder.encode(pin), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, secret, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

// RSA-OAEP with SHA-256; the label names the person, so that the office gives it back to nobody else.
async function escrow(raw, recovery, id) {
  const key = await crypto.subtle.importKey("jwk", recovery, { name: "RSA-OAEP", hash: "SHA-256" }, false, ["encrypt"]);
  return base64(new Uint8Array(await crypto.subtle.encrypt({ name: "RSA-OAEP", label: labelOf("recovery", id) }, key, raw)));
}

function labelOf(what, id) {
  return encoder.encode(`linli-${what}-1|${id}`);
}

// In the hands of the pages the key can be used and not be taken out.
async function keyOf(raw) {
  const key = await importKey(raw);
  raw.fill(0);
  return key;
}

/** A data key from its bytes; it can be used and not be taken out. */
export function importKey(raw) {
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}
