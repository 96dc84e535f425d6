// Downloaded records lie in blocks, one for each building and kind, so that sealing twenty thousand of them stays fast.
// A block's row: {id, kind, place, ids, sum, body: {records: {id: {n, revision, office, community, data}}}}.

import { COUNTED, changed, fromHex, hex } from "./digests.js";

export const FINDING = "finding"; // one slim line for each household, for the search

/** In which block a record lies. */
export function blockId(record) {
  const places = { household: record.data.building, building: record.community, community: record.id };
  return `${record.kind}|${places[record.kind] ?? ""}`;
}

/** The block rows after some records have come and others have gone. `rows`: the rows as they are, by block id. */
export async function blocksAfter(rows, records, removed) {
  const next = new Map(rows);
  const steps = new Map();
  const step = (id) => steps.get(id) ?? steps.set(id, { come: new Map(), gone: new Map() }).get(id);
  for (const { kind, id } of removed)
    for (const [block, row] of next) if (row.kind === kind && row.body.records[id]) step(block).gone.set(id, row.body.records[id]);
  for (const record of records) {
    const home = blockId(record);
    for (const [id, row] of next) {
      const old = row.kind === record.kind ? row.body.records[record.id] : undefined;
      if (old) step(id).gone.set(record.id, old);
    }
    step(home).come.set(record.id, record);
  }
  for (const [id, change] of steps) next.set(id, await blockAfter(id, next.get(id), change));
  return { next, touched: [...steps.keys()] };
}

async function blockAfter(id, row, { come, gone }) {
  const [kind, place] = id.split("|");
  const records = { ...row?.body.records };
  for (const key of gone.keys()) delete records[key];
  for (const [key, record] of come) records[key] = { n: record.n, revision: record.revision, office: record.office, community: record.community, data: record.data };
  const made = { id, kind, place, ids: Object.keys(records), body: { records } };
  if (COUNTED.includes(kind)) {
    made.sum = await sumAfter(row, kind, come, gone);
    made.community = kind === "community" ? place : (Object.values(records)[0]?.community ?? row?.community ?? null);
  }
  return made;
}

async function sumAfter(row, kind, come, gone) {
  const counted = (changes) => [...changes].map(([id, record]) => [kind, id, record.n]);
  return hex(await changed(fromHex(row?.sum), counted(gone), counted(come)));
}

/** The last four digits of every number of these people, by which a caller is found. */
function tails(residents) {
  const numbers = residents.flatMap((each) => [each.phone, ...(each.more_phones ?? [])]);
  return numbers.map((number) => (number ?? "").replace(/\D/g, "").slice(-4)).filter(Boolean).join(" ");
}

/** The slim rows for searching, made of a household block. */
export function findingRow(row) {
  const lines = Object.entries(row.body.records).map(([id, { data }]) => [id, data.room, data.stair ?? "", (data.residents ?? []).map((each) => each.name).join(" "), tails(data.residents ?? [])]);
  return { id: `${FINDING}|${row.place}`, kind: FINDING, place: row.place, ids: [], body: { lines } };
}

/** The blocks that some records touch: where they lie now, and where they will lie. */
export async function affected(vault, records, removed) {
  const keys = new Set(records.map(blockId));
  for (const each of [...records, ...removed]) keys.add(await vault.blockIdOf(each.id));
  const communities = removed.filter((each) => each.kind === "community").map((each) => each.id);
  const rows = communities.length ? await vault.all("blocks") : await Promise.all([...keys].filter(Boolean).map((key) => vault.row("blocks", key)));
  return new Map(rows.filter((row) => row?.body.records).map((row) => [row.id, row]));
}

/** What is written for the blocks that changed; an empty block goes. */
export function writesFor(next, touched) {
  return touched.flatMap((id) => {
    const row = next.get(id);
    const empty = row.ids.length === 0;
    const writes = [empty ? { store: "blocks", remove: id } : { store: "blocks", row }];
    if (row.kind === "household") writes.push(empty ? { store: "blocks", remove: `${FINDING}|${row.place}` } : { store: "blocks", row: findingRow(row) });
    return writes;
  });
}

/** All records of a kind, in this place or in all: `{id, n, …, data}`. */
export async function recordsOf(vault, kind, place) {
  const rows = place === undefined ? await vault.all("blocks", "kind", kind) : [await vault.row("blocks", `${kind}|${place}`)];
  return rows.filter(Boolean).flatMap((row) => Object.entries(row.body.records).map(([id, record]) => ({ id, ...record })));
}

/** One record by its id, wherever it lies. */
export async function recordOf(vault, id) {
  const row = id ? await vault.blockOf(id) : undefined;
  const record = row?.body.records[id];
  return record ? { id, kind: row.kind, ...record } : null;
}
