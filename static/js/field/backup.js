// The sealed backup file: what is not yet sent, with its photos, as it lies in the store; and the data key, sealed to the
// office's recovery key. Another enrolled tablet of the same person restores it byte for byte.

import { base64, bytesOf } from "./facts.js";
import { unsent } from "./outbox.js";
import { importKey, person } from "./people.js";
import { draftsOf } from "./drafts.js";
import { cipherOf, keyOf } from "./vault.js";

export const FORMAT = "linli-backup-1";
const STORES = ["drafts", "fields", "outbox", "photos"];

/** `{name, text, covers}`: the file, and what it covers, to be remembered once it was handed out. */
export async function backupOf(vault, mine) {
  const at = new Date().toISOString();
  const rows = [];
  for (const store of STORES) {
    for (const row of await vault.heads(store)) if (store !== "outbox" || unsent(row)) rows.push({ store, ...row, sealed: base64(row.sealed) });
  }
  const { escrow } = await person(mine.user.id);
  const text = JSON.stringify({ format: FORMAT, person: mine.user.id, device: mine.device_id, made_at: at, escrow, rows });
  return { name: `linli-${at.slice(0, 16).replace(/[-:T]/g, "")}.linli`, text, covers: { at, ids: rows.filter((row) => ["drafts", "outbox"].includes(row.store)).map(coverOf) } };
}

function coverOf(row) {
  return `${row.id}|${row.changed_at ?? ""}`;
}

/** What is neither sent nor in the last backup file: `{records, drafts, saved_at}`. */
export async function uncovered(vault, owner) {
  const rows = (await vault.all("outbox")).filter(unsent);
  const drafts = await draftsOf(vault, owner);
  const backup = await vault.recall("backup");
  const covered = new Set(backup?.ids ?? []);
  const open = (each) => !covered.has(coverOf(each));
  return { records: rows.filter(open).length, drafts: drafts.filter(open).length, all: rows.length + drafts.length, saved_at: backup?.at ?? null };
}

/** A file as it was saved; null where it is none. */
export function readBackup(text) {
  try {
    const file = JSON.parse(text);
    return file.format === FORMAT && typeof file.person === "string" && typeof file.escrow === "string" && Array.isArray(file.rows) ? file : null;
  } catch {
    return null;
  }
}

/** Put everything back that is not here already. `raw`: the data key that the office opened. Returns how much came. */
export async function restore(vault, file, raw) {
  const cipher = cipherOf(file.person, await importKey(raw));
  const opened = await Promise.all(file.rows.filter((row) => STORES.includes(row.store)).map(({ store, ...row }) => openedRow(cipher, store, row)));
  const of = (store) => opened.filter((each) => each.store === store);
  const photos = [];
  for (const each of of("photos")) if (!(await vault.row("photos", each.row.sha256))) photos.push(each);
  if (photos.length) await vault.write(photos);
  const now = new Date().toISOString();
  const came = { records: 0, drafts: 0, here: 0 };
  for (const { row } of of("outbox")) {
    if (await vault.row("outbox", row.id)) came.here += 1;
    else {
      await vault.write([{ store: "outbox", row: { ...row, status: row.status === "sending" ? "ready" : row.status, next_at: now } }]);
      came.records += 1;
    }
  }
  for (const head of of("drafts")) {
    if (await vault.row("drafts", head.row.id)) came.here += 1;
    else {
      await vault.write([head, ...of("fields").filter((each) => each.row.draft === head.row.id)]);
      came.drafts += 1;
    }
  }
  return came;
}

async function openedRow(cipher, store, { sealed, ...kept }) {
  return { store, row: { ...kept, ...(await cipher.open(store, keyOf(store, kept), bytesOf(sealed))) } };
}
