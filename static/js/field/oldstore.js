// The clear store of the first versions. What lies in it is carried, record by record, into the sealed store of its owner:
// copied, read back, then removed. It is deleted when its outbox and its drafts are empty, never before; until then what
// could not be carried goes on being sent from it.

import { deleteDB, openDB } from "../../vendor/idb-8.0.4.js";
import { Vault } from "./vault.js";

export const OLD = "linli-clear-1";
const HASH = /[0-9a-f]{64}/g;

/** The old store, or null where there is none; it is never made. */
export async function openOld() {
  const database = await openDB(OLD, 1, { upgrade: unmade }).catch(() => null);
  return database && new Vault(database, null);
}

function unmade(_, __, ___, transaction) {
  transaction.done.catch(() => {});
  transaction.abort();
}

/** Carry over what belongs to this person. Returns the old store where something is left in it, else null. */
export async function carry(vault, owner) {
  const old = await openOld();
  if (!old) return null;
  try {
    await carryDownloads(old, vault, owner);
    for (const head of (await old.all("drafts")).filter((each) => each.owner === owner)) await carryDraft(old, vault, head);
    for (const row of (await old.all("outbox")).filter((each) => each.owner === owner)) await carryRecord(old, vault, row);
  } catch (problem) {
    console.error(problem); // a full storage: what is left stays where it is and is tried again
  }
  return (await emptied(old)) ? null : old;
}

// Sealed once, so that the tablet can be used without a network at once; then no household is left in clear.
async function carryDownloads(old, vault, owner) {
  const mine = await old.recall("session");
  if (mine?.user.id !== owner) return;
  if (!(await vault.recall("session"))) await vault.remember("session", mine);
  if (!(await vault.recall("pull"))) {
    const kept = await Promise.all(["pull", "server", "sync", "persisted"].map(async (id) => ({ id, body: await old.recall(id) })));
    const rows = await old.all("blocks");
    await vault.write([...rows.map((row) => ({ store: "blocks", row })), ...kept.filter((each) => each.body !== undefined).map((row) => ({ store: "meta", row }))]);
  }
  await old.write([{ store: "blocks", clear: true }, ...["pull", "session"].map((id) => ({ store: "meta", remove: id }))]);
}

async function carryDraft(old, vault, head) {
  const fields = await old.all("fields", "draft", head.id);
  if (!(await vault.row("drafts", head.id))) await copied(old, vault, [["drafts", head], ...fields.map((row) => ["fields", row])]);
  await old.write([{ store: "drafts", remove: head.id }, ...fields.map((row) => ({ store: "fields", remove: [row.draft, row.path] }))]);
}

async function carryRecord(old, vault, row) {
  if (!(await vault.row("outbox", row.id))) await copied(old, vault, [["outbox", row]]);
  await old.write([{ store: "outbox", remove: row.id }]);
}

// With the photos that these rows name; all in one transaction, and nothing is believed that was not read back.
async function copied(old, vault, rows) {
  const hashes = new Set(rows.flatMap(([, row]) => JSON.stringify(row).match(HASH) ?? []));
  const photos = (await Promise.all([...hashes].map((hash) => old.row("photos", hash)))).filter(Boolean);
  const all = [...photos.map((row) => ["photos", row]), ...rows];
  await vault.write(all.map(([store, row]) => ({ store, row })));
  for (const [store, row] of all) {
    const key = store === "fields" ? [row.draft, row.path] : (row.id ?? row.sha256);
    if (!alike(await vault.row(store, key), row)) throw new Error(`not carried: ${store}`);
  }
}

// Keys in any order; what is undefined is not there.
function alike(left, right) {
  const plain = (key, value) => {
    if (value instanceof Uint8Array) return String(value);
    return value && typeof value === "object" && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
  };
  return JSON.stringify(left, plain) === JSON.stringify(right, plain);
}

async function emptied(old) {
  if ((await old.count("drafts")) || (await old.count("outbox"))) return false;
  old.close();
  await deleteDB(OLD);
  return true;
}
