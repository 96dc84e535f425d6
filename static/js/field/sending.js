// Sending: facts first, in order, in batches; then the photos that the server says are missing; then the facts they belong
// to are asked about again. Nothing is concluded from an answer without the envelope.

import { afterFailure, afterResult, backoff, batches, due, tooLarge } from "./outbox.js";
import { NoAnswer, Refusal, asked } from "./transport.js";
import { upload } from "./uploads.js";

/** Send what is due. Returns what the server said of this device; throws NoAnswer or Refusal where nothing went. */
export async function sendAll(run, { everything = false } = {}) {
  const rows = due(await run.records(), new Date().toISOString(), everything);
  for (const row of rows.filter(tooLarge)) await setAside(run, row, "too_large");
  const fit = rows.filter((row) => !tooLarge(row));
  for (const batch of batches(fit.filter((row) => row.status !== "partial"))) await sendBatch(run, batch);
  await sendPhotos(run, everything);
}

async function sendBatch(run, batch) {
  await mark(run, batch);
  try {
    const answer = await asked("/sync/facts", { method: "POST", token: run.token, text: `{"facts":[${batch.map((row) => row.body.text).join(",")}]}` });
    await run.heard(answer);
    await take(run, batch, answer.body?.results);
  } catch (problem) {
    await refused(run, batch, problem);
  }
}

async function mark(run, batch) {
  const ready = batch.filter((row) => row.status === "ready");
  if (ready.length) await run.write(ready.map((row) => ({ ...row, status: "sending" })));
}

/** One result for each record, in order; a list of another length proves nothing. */
async function take(run, batch, results) {
  const now = new Date().toISOString();
  const fits = Array.isArray(results) && results.length === batch.length;
  const next = batch.map((row, index) => (fits && afterResult(row, results[index], now)) || afterFailure(row, now, backoff(row.tries), "unclear"));
  await run.write([...next, ...(await replaced(run, next))]);
}

// What was quarantined has been answered for once its correction is in.
async function replaced(run, next) {
  const stored = new Map(next.filter((row) => row.status === "sent" && row.body.follows).map((row) => [row.body.follows, row.id]));
  if (!stored.size) return [];
  const parents = (await run.records()).filter((row) => stored.has(row.id) && row.status === "quarantined");
  return parents.map((row) => ({ ...row, status: "settled", body: { ...row.body, replaced_by: stored.get(row.id) } }));
}

async function refused(run, batch, problem) {
  if (problem instanceof Refusal && problem.status === 413) return halve(run, batch, problem);
  if (problem instanceof Refusal && [400, 500].includes(problem.status)) return oneByOne(run, batch, problem);
  // Nothing is wrong with the records: they stay due, and the whole round waits (sync.js).
  const now = new Date().toISOString();
  await run.write(batch.map((row) => afterFailure(row, now, 0)));
  throw problem;
}

async function halve(run, batch, problem) {
  if (batch.length === 1) return setAside(run, batch[0], "too_large", problem.params);
  const middle = Math.ceil(batch.length / 2);
  await sendBatch(run, batch.slice(0, middle));
  return sendBatch(run, batch.slice(middle));
}

// One record that cannot be read, or over which the server stumbles, never blocks the rest.
async function oneByOne(run, batch, problem) {
  if (batch.length > 1) {
    for (const row of batch) await sendBatch(run, [row]);
    return undefined;
  }
  const now = new Date().toISOString();
  return run.write([problem.status === 400 ? afterFailure(batch[0], now, 600_000, "unreadable") : afterFailure(batch[0], now, 60_000, "unclear")]);
}

async function setAside(run, row, reason, params = {}) {
  const status = row.status === "sending" ? "ready" : row.status;
  await run.write([{ ...row, status, body: { ...row.body, too_large: true, reason, params } }]);
}

/** Photos of records whose text has arrived. What fails is tried with the next round; the text is already safe. */
async function sendPhotos(run, everything) {
  const now = new Date().toISOString();
  const partial = (await run.records()).filter((row) => row.status === "partial" && (everything || row.next_at <= now));
  const ask = [];
  for (const row of partial) {
    try {
      for (const hash of row.body.missing) await upload(run, hash);
      ask.push(row);
    } catch (problem) {
      if (concernsAll(problem)) throw problem;
      await run.write([afterFailure(row, now, backoff(row.tries), problem?.code ?? "photo_later")]);
    }
  }
  for (const batch of batches(ask)) await sendBatch(run, batch);
}

function concernsAll(problem) {
  return problem instanceof NoAnswer || (problem instanceof Refusal && (problem.status === 401 || problem.status === 429 || problem.status >= 500));
}
