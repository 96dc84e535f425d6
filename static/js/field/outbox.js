// What was finished and what became of it. States: draft (in its own store), ready, sending, waiting, partial, conflict,
// quarantined, sent, settled. A record leaves only when a receipt names its id and hash and the server holds every
// attachment it lists, and then after thirty days.

const BATCH = 50;
const BATCH_BYTES = 1024 * 1024 - 4096;
const SINGLE_BYTES = 4 * 1024 * 1024 - 1024;
const KEPT_DAYS = 30;
const AGAIN = { waiting: 120_000, conflict: 600_000, quarantined: 600_000, partial: 0 };

export const OVER = ["sent", "settled"];

/** Whether the record still needs the network. */
export function unsent(row) {
  return !OVER.includes(row.status);
}

/** Put a finished record in and take its draft away, in one transaction. */
export async function enqueue(vault, row, removal = []) {
  await vault.write([{ store: "outbox", row }, ...removal]);
}

export async function records(vault, owner) {
  const rows = await vault.all("outbox");
  return rows.filter((row) => row.owner === owner).sort((a, b) => a.recorded_at.localeCompare(b.recorded_at));
}

/** After a start: what was being sent when the browser was closed is asked again. */
export async function recover(vault) {
  const rows = await vault.all("outbox", "status", "sending");
  if (rows.length) await vault.write(rows.map((row) => ({ store: "outbox", row: { ...row, status: "ready" } })));
}

/** What is to be sent or asked about now, oldest first; `all`: without regard to the time of the next try. */
export function due(rows, now, all = false) {
  return rows.filter((row) => unsent(row) && !row.body.too_large && (all || row.next_at <= now));
}

/** Lists of at most 50 records and a megabyte of text; a larger single one goes alone. */
export function batches(rows, most = BATCH) {
  const found = [];
  let size = Infinity;
  for (const row of rows) {
    const length = new TextEncoder().encode(row.body.text).length + 1;
    if (size + length > BATCH_BYTES || found.at(-1).length >= most) {
      found.push([]);
      size = 0;
    }
    found.at(-1).push(row);
    size += length;
  }
  return found;
}

/** Whether this record is beyond what the server takes even alone. */
export function tooLarge(row) {
  return new TextEncoder().encode(row.body.text).length > SINGLE_BYTES;
}

/** The record after the server's result for it; the record as it was where the result proves nothing. */
export function afterResult(row, result, now) {
  if (!result || result.id !== row.id) return null;
  const next = { ...row, tries: 0, body: { ...row.body, problems: result.problems ?? [], waits_for: result.waits_for ?? [], missing: result.missing ?? [] } };
  delete next.body.reason;
  const proven = result.receipt?.id === row.id && result.receipt?.sha256 === row.body.sha256;
  if (result.state === "stored" || result.state === "same") {
    if (!proven) return null;
    next.body.receipt = result.receipt;
    return { ...next, status: "sent", next_at: now };
  }
  if (result.state === "partial") {
    if (!proven) return null;
    next.body.receipt = result.receipt;
    return { ...next, status: "partial", next_at: later(now, AGAIN.partial) };
  }
  if (result.state === "settled") {
    next.body.decision = result.decision ?? null;
    return { ...next, status: "settled", next_at: now };
  }
  if (!(result.state in AGAIN)) return null;
  return { ...next, status: result.state, next_at: later(now, AGAIN[result.state]) };
}

/** The record after an attempt that came to nothing: as it was, tried again later. */
export function afterFailure(row, now, wait, reason = null) {
  const status = row.status === "sending" ? "ready" : row.status;
  const body = { ...row.body };
  if (reason) body.reason = reason;
  return { ...row, status, tries: row.tries + 1, next_at: later(now, wait), body };
}

/** How long to wait after the n-th failure: doubling with jitter, at most a minute. */
export function backoff(tries, random = Math.random) {
  const most = Math.min(60_000, 2_000 * 2 ** Math.min(tries, 10));
  return Math.round(most / 2 + (random() * most) / 2);
}

/** After a new epoch the server may have lost what it had: everything kept is offered again. */
export function afterNewEpoch(row, now) {
  return OVER.includes(row.status) ? { ...row, status: "ready", next_at: now } : row;
}

/** What may go now: sent more than thirty days ago; with it the photos that no other record lists. */
export async function sweep(vault, now) {
  const rows = await vault.all("outbox");
  const old = rows.filter((row) => OVER.includes(row.status) && row.recorded_at < later(now, -KEPT_DAYS * 86_400_000));
  if (!old.length) return;
  const gone = new Set(old.map((row) => row.id));
  const held = new Set(rows.filter((row) => !gone.has(row.id)).flatMap(hashes));
  const photos = [...new Set(old.flatMap(hashes))].filter((hash) => !held.has(hash));
  await vault.write([...old.map((row) => ({ store: "outbox", remove: row.id })), ...photos.map((hash) => ({ store: "photos", remove: hash }))]);
}

function hashes(row) {
  return row.body.attachments.map((each) => each.sha256);
}

function later(now, milliseconds) {
  return new Date(Date.parse(now) + milliseconds).toISOString();
}
