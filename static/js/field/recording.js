// Which draft a page goes on with, and how a finished draft becomes a fact: a new visit, a draft by its id, the correction
// of a returned record, the correction of one that the server could not accept.

import { STAFF_INK, attachmentsOf, inkPath, listedPath } from "./attachments.js";
import { recordOf } from "./blocks.js";
import { draftById, openDraft } from "./drafts.js";
import { makeFact } from "./facts.js";
import { loadForm } from "./formview.js";
import { enqueue } from "./outbox.js";
import { rowsOf } from "./paths.js";
import { planOf } from "./plan.js";
import { linesOf } from "./surveys.js";
import { currentForm } from "./words.js";

/** The draft that an address names. */
export async function draftFor(vault, mine, query) {
  const owner = mine.user.id;
  if (query.get("draft")) return draftById(vault, query.get("draft"));
  if (query.get("returned")) return correctionOf(vault, owner, query.get("returned"));
  if (query.get("correct")) return again(vault, owner, query.get("correct"));
  const household = await recordOf(vault, query.get("id"));
  if (!household) return null;
  if (query.get("handout")) return handoutFor(vault, owner, household, query.get("handout"));
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

/** The receipt for a questionnaire (SV-05): signed, explained, a day agreed on which it is collected. */
async function handoutFor(vault, owner, household, campaign) {
  const line = (await linesOf(vault, household.id)).find((each) => each.data.campaign === campaign);
  if (!line) return null;
  const rows = [["campaign", campaign], ["outcome", "received"], ["handed_out_by", owner], ["copies", 1], ["sign_mode", "resident"], ["collect_on", line.data.collect_by]];
  const first = household.data.residents?.[0];
  if (first) rows.push(["signer", first.name]);
  return openDraft(vault, { owner, household: household.id, form: currentForm("survey_handout"), kind: "survey_handout", campaign, rows });
}

/** A returned record is corrected by its author, on this tablet or another: it begins with what the office has. */
async function correctionOf(vault, owner, id) {
  const record = await recordOf(vault, id);
  const before = record?.data.returned;
  if (!before) return null;
  const form = currentForm(before.form.startsWith("attempt") ? "attempt_correction" : "correction");
  const written = (await vault.all("outbox")).filter((row) => row.id === id || row.subject === id).map((row) => JSON.parse(row.body.text));
  const rows = await rowsFrom(vault, form, before);
  // The drawing of a signature is with the tablet that took it; elsewhere its hash is enough.
  rows.push(...inkOf(written.flatMap((fact) => fact.attachments)));
  return openDraft(vault, { owner, household: before.household, form, kind: "correction", subject: id, rows, about: { base: record.revision } });
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
  const listed = (fact.attachments ?? []).map(({ data, ...each }) => [listedPath(each.sha256), each]);
  return [...rowsOf(formDocument, fact.body), ...listed, ...inkOf(fact.attachments ?? [])];
}

function inkOf(attachments) {
  const drawn = attachments.filter((each) => each.data || each.role === "staff_signature");
  return drawn.map((each) => (each.role === "staff_signature" ? [STAFF_INK, each] : [inkPath(each.sha256), each]));
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
    campaign: head.campaign,
  });
  await enqueue(vault, row, draft.removal());
  return row;
}
