// Pulling: whole records by change number, page after page. A reset replaces all downloaded data in one transaction; a
// common page is merged in one transaction with its cursor. Drafts and outbox are never touched here.

import { affected, blocksAfter, writesFor } from "./blocks.js";
import { added, fromHex, hex } from "./digests.js";
import { asked } from "./transport.js";

const REBUILD_PAUSE = 3_600_000;

/** Ask until there is no more. `run`: vault, token, heard. */
export async function pullAll(run, { anew = false } = {}) {
  const state = (await run.vault.recall("pull")) ?? {};
  let cursor = anew ? null : (state.cursor ?? null);
  let whole = null; // the records of a full pull, gathered until it is complete
  let answer;
  do {
    answer = await asked(`/sync/pull${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""}`, { token: run.token });
    await run.heard(answer);
    const page = answer.body;
    if (page.reset || (cursor === null && !whole)) whole = { records: [], removed: [] };
    if (whole) whole.records.push(...page.records);
    else await merge(run, page);
    cursor = page.cursor;
  } while (answer.body.more);
  if (whole) await replace(run, whole.records, cursor);
  await finish(run, answer.body.digests, state);
}

async function merge(run, page) {
  const gone = page.removed.filter((each) => each.kind === "community").map((each) => each.id);
  const rows = await affected(run.vault, page.records, page.removed);
  const { next, touched } = await blocksAfter(rows, page.records, [...page.removed, ...within(rows, gone)]);
  const pulled = { cursor: page.cursor, at: new Date().toISOString() };
  await run.vault.write([...writesFor(next, touched), { store: "meta", row: { id: "pull", body: pulled } }]);
}

// `removed` of kind community means everything in it.
function within(rows, communities) {
  const found = [];
  for (const row of rows.values())
    for (const [id, record] of Object.entries(row.body.records)) if (communities.includes(record.community)) found.push({ kind: row.kind, id });
  return found;
}

async function replace(run, records, cursor) {
  const { next, touched } = await blocksAfter(new Map(), records, []);
  const pulled = { cursor, at: new Date().toISOString() };
  await run.vault.write([{ store: "blocks", clear: true }, ...writesFor(next, touched), { store: "meta", row: { id: "pull", body: pulled } }]);
}

// A tablet whose own sum differs pulls anew, at most once an hour, so that a mistake on one side is no endless loop.
async function finish(run, digests, before) {
  const now = new Date().toISOString();
  const pulled = { ...(await run.vault.recall("pull")), at: now };
  const different = digests ? await differing(run.vault, digests) : [];
  if (different.length && !recent(before.rebuilt_at)) {
    await run.vault.remember("pull", { ...pulled, rebuilt_at: now });
    await pullAll(run, { anew: true });
    return;
  }
  await run.vault.remember("pull", { ...pulled, rebuilt_at: before.rebuilt_at, different });
}

function recent(moment) {
  return moment ? Date.now() - Date.parse(moment) < REBUILD_PAUSE : false;
}

/** The communities of which the tablet holds something else than the server. */
export async function differing(vault, digests) {
  const sums = new Map();
  for (const row of await vault.heads("blocks")) {
    if (row.sum) sums.set(row.community, added(sums.get(row.community) ?? 0n, fromHex(row.sum)));
  }
  return Object.entries(digests).filter(([community, sum]) => hex(sums.get(community) ?? 0n) !== sum).map(([community]) => community);
}
