// Which draft a page goes on with, and how a finished draft becomes a fact: a new visit, a draft by its id, the correction
// of a returned record, the correction of one that the server could not accept.

import { attachmentsOf } from "./attachments.js";
import { recordOf } from "./blocks.js";
import { draftById, openDraft } from "./drafts.js";
import { makeFact } from "./facts.js";
import { loadForm } from "./formview.js";
import { enqueue } from "./outbox.js";
import { rowsOf } from "./paths.js";
import { planOf } from "./plan.js";
import { currentForm } from "./words.js";

/** The draft that an address names. */
export async function draftFor(vault, mine, query) {
  const owner = mine.user.id;
  if (query.get("draft")) return draftById(vault, query.get("draft"));
  if (query.get("returned")) return correctionOf(vault, owner, query.get("returned"));
  if (query.get("correct")) return again(vault, owner, query.get("correct"));
  const household = await recordOf(vault, query.get("id"));
  if (!household) return null;
  const line = await planOf(vault, household.id);
  return openDraft(vault, { owner, household: household.id, form: currentForm("visit"), kind: "visit", rows: beginning(household, line, owner) });
}

// What the tablet knows already is filled in: two taps from the plan to the first question.
function beginning(household, line, owner) {
  const first = household.data.residents?.[0];
  const rows = [["type", line?.data.type ?? "regular"], ["method", "door"], ["outcome", "met"], ["visitors", [owner]]];
  if (first) rows.push(["resident", first.id], ["relation", first.relation]);
  return rows;
}

/** A returned record is corrected by its author, beginning with what was sent. */
async function correctionOf(vault, owner, id) {
  const [record, sent] = [await recordOf(vault, id), await vault.row("outbox", id)];
  const before = sent ? JSON.parse(sent.body.text) : record?.data;
  if (!before?.body) return null;
  const form = currentForm(before.form.startsWith("attempt") ? "attempt_correction" : "correction");
  const household = record?.data.household ?? sent.body.household;
  const newest = await newestCorrection(vault, id);
  return openDraft(vault, {
    owner,
    household,
    form,
    kind: "correction",
    subject: id,
    rows: await rowsFrom(vault, form, newest ?? before),
    about: { base: record?.revision ?? null },
  });
}

// A second correction begins with the first one's text.
async function newestCorrection(vault, id) {
  const rows = (await vault.all("outbox")).filter((row) => row.kind === "correction" && row.subject === id);
  const newest = rows.sort((a, b) => b.recorded_at.localeCompare(a.recorded_at))[0];
  return newest ? JSON.parse(newest.body.text) : null;
}

/** A quarantined fact is corrected with a new id that follows it. */
async function again(vault, owner, id) {
  const row = await vault.row("outbox", id);
  if (!row) return null;
  const before = JSON.parse(row.body.text);
  return openDraft(vault, {
    owner,
    household: row.body.household,
    form: before.form,
    kind: before.kind,
    subject: before.subject,
    follows: id,
    campaign: before.body.campaign ?? null,
    rows: await rowsFrom(vault, before.form, before),
    about: { base: before.base },
  });
}

async function rowsFrom(vault, form, fact) {
  const { formDocument } = await loadForm(vault, form);
  const rows = rowsOf(formDocument, fact.body);
  for (const each of fact.attachments ?? []) {
    if (each.data && each.role === "resident_signature") rows.push([`_ink/${each.sha256}`, each]);
    if (each.data && each.role === "staff_signature") rows.push(["_staff_ink", each]);
  }
  return rows;
}

/** Close a draft: its fact goes into the outbox and the draft goes, in one transaction. Returns the outbox row. */
export async function finish(vault, mine, draft, view, body = view.body) {
  await draft.flush();
  const { head } = draft;
  const server = await vault.recall("server");
  const row = await makeFact({
    id: head.id,
    kind: head.kind,
    subject: head.subject,
    follows: head.follows,
    base: head.body?.base ?? null,
    form: head.form,
    occurredAt: head.begun_at,
    body,
    attachments: await attachmentsOf(view),
    clock: server?.clock,
    owner: mine.user.id,
    household: head.household,
  });
  await enqueue(vault, row, draft.removal());
  return row;
}
