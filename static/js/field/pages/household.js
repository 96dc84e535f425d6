// Before the knock: who lives here, how they want to be met, what is owed to them, what was said last.

import { recordOf } from "../blocks.js";
import { address, clone, fill, icon, slot, tagged, to } from "../dom.js";
import { officeLists } from "../formlists.js";
import { draftsOf, openDraft } from "../drafts.js";
import { makeFact } from "../facts.js";
import { estateOf, placeOf } from "../households.js";
import { hoursDrawing, parseHours, quietNow } from "../hours.js";
import { enqueue, records } from "../outbox.js";
import { session } from "../session.js";
import { SIGNS, attemptsSince, doorState, held } from "../states.js";
import { linesOf, open, recorded, surveyNote } from "../surveys.js";
import { planOf } from "../plan.js";
import { coalesced } from "./today.js";
import { COMMA, SEMICOLON, clock, currentForm, day, daysBetween, dayOf, label, say } from "../words.js";

export async function start(app, query) {
  const id = query.get("id");
  const draw = () => show(app, id).catch(console.error);
  app.stop.push(app.vault.watch(["outbox", "drafts", "blocks"], coalesced(draw)));
  await show(app, id);
  for (const button of document.querySelectorAll("[data-outcome]")) button.addEventListener("click", () => attempt(app, id, button.dataset.outcome));
}

async function show(app, id) {
  const { vault } = app;
  const household = await recordOf(vault, id);
  fill(document, { missing: !household, content: Boolean(household), act: Boolean(household) });
  if (!household) return;
  const me = (await session(vault)).user.id;
  const [building, line, drafts, rows, lines] = await Promise.all([recordOf(vault, household.data.building), planOf(vault, id), draftsOf(vault, me), records(vault, me), linesOf(vault, id)]);
  const holding = held(drafts, rows, (await officeLists(vault)).policy);
  title(household, building, await estateOf(vault, household.community));
  facts(household, doorState(household, holding, line?.data ?? null));
  told(household, line);
  people(household);
  contact(household);
  past(household);
  visits(household);
  surveys(lines, rows, id);
  const begun = drafts.find((each) => each.household === id && each.kind === "visit");
  fill(document, {
    begin: to(address("visit", { id }), begun ? say("go_on_visit") : say("start_visit")),
    "attempt-words": say("attempt_now", { n: attemptsSince(household.data.visits ?? [], holding.outbox.get(id)) + 1, time: clock(Date.now()) }),
  });
}

function title(household, building, estate) {
  const { building: name, stair, room } = placeOf(household, building);
  const heading = slot(document, "name");
  heading.replaceChildren(document.createTextNode(`${[estate, name, stair].filter(Boolean).join(" ")} `), Object.assign(document.createElement("b"), { textContent: room }));
  document.title = `${name} ${room} · ${say("linli")}`;
}

function facts(household, state) {
  const { data } = household;
  const tags = [tagOf((element) => tagged(state.state, SIGNS[state.state], state.note || state.word)(element))];
  const plain = [label("occupancy", data.occupancy), data.tenure && label("tenure", data.tenure), data.permanent && say("permanent"), data.key && say("key_household"), data.kind !== "dwelling" && label("household_kind", data.kind)];
  for (const words of plain.filter(Boolean)) tags.push(Object.assign(document.createElement("span"), { className: "tag tag--line", textContent: words }));
  const last = (data.visits ?? [])[0];
  if (last) tags.push(Object.assign(document.createElement("span"), { className: "quiet small", textContent: say("last_visit", { day: day(last.occurred_at), what: [label("outcome", last.outcome), last.satisfaction && label("satisfaction", last.satisfaction)].filter(Boolean).join(COMMA) }) }));
  slot(document, "facts").replaceChildren(...tags);
}

function tagOf(dress) {
  const element = document.createElement("span");
  dress(element);
  return element;
}

// First what became of what this household raised, then what the office did for all.
function told(household, line) {
  const own = (household.data.opinions ?? []).filter((each) => (each.measures ?? []).length || (each.commitments ?? []).length);
  const items = own.map((opinion) => clone("say", { head: headOf(opinion), note: measureWords(opinion) || false }));
  const { brief } = household.data;
  for (const part of (line?.data.brief || brief?.text || "").split(/\n+/).filter(Boolean)) items.push(clone("say", { head: part, note: false }));
  slot(document, "say-list").replaceChildren(...items);
  fill(document, { say: items.length > 0, "brief-by": brief?.by ? say("brief_by", { name: brief.by, day: day(brief.on) }) : "" });
}

function headOf(opinion) {
  return opinion.status === "done" ? say("told_done", { what: opinion.content }) : say("told_going_on", { what: opinion.content });
}

/** The measures of an opinion in a sentence: what, who, until when. */
export function measureWords(opinion) {
  return (opinion.measures ?? []).map((each) => [each.action, each.person, each.done_on ? say("done_on", { day: day(each.done_on) }) : each.due_on ? say("until", { day: day(each.due_on) }) : "", each.result].filter(Boolean).join(COMMA)).join(SEMICOLON);
}

function people(household) {
  const residents = household.data.residents ?? [];
  const items = residents.map((each) => clone("person", { name: each.name, role: label("relation", each.relation), note: [...[each.phone, ...(each.more_phones ?? [])].map(masked), each.language].filter(Boolean).join(COMMA) || false }));
  slot(document, "people").replaceChildren(...(items.length ? items : [clone("person", { name: say("nobody_named"), role: "", note: false })]));
  slot(document, "people-count").textContent = say("people", { n: residents.length });
}

function masked(phone) {
  return phone ? phone.replace(/^(.{3}).*(.{4})$/, "$1 •••• $2") : "";
}

function contact(household) {
  const { preference, quiet_hours: quiet, remark } = household.data;
  const spans = parseHours(quiet ?? "");
  fill(document, { preference: preference || say("no_preference"), quiet: quiet ? say("quiet_hours", { hours: quiet }) : say("no_quiet_hours"), remark: remark || false });
  slot(document, "hours").replaceChildren(...(spans.length ? [hoursDrawing(spans)] : []));
  if (spans.length && quietNow(spans)) slot(document, "quiet").prepend(icon("late"), document.createTextNode(say("quiet_now")));
}

function past(household) {
  const opinions = household.data.opinions ?? [];
  const items = opinions.map((each) => clone("past", { day: day(each.raised_at), kind: label("opinion_kind", each.kind), content: each.content, note: measureWords(each) || false, tag: tagged(...opinionTag(each)) }));
  slot(document, "past").replaceChildren(...(items.length ? items : [nothing(say("nothing_open"))]));
  slot(document, "past-count").textContent = opinions.length ? say("open_count", { n: opinions.length }) : "";
}

/** How an open opinion stands, as the arguments of a tag. */
export function opinionTag(opinion) {
  if (opinion.status === "done") return ["nobody", "say", say("verify_today")];
  const left = opinion.due_on ? daysBetween(dayOf(), opinion.due_on) : null;
  if (left !== null && left < 0) return ["overdue", "late", say("overdue_days", { days: -left })];
  if (left !== null) return ["due", "clock", say("days_left", { days: left })];
  return ["due", "clock", label("opinion_status", opinion.status)];
}

function visits(household) {
  const items = (household.data.visits ?? []).map((each) => clone("past", { day: day(each.occurred_at), kind: label("visit_type", each.type), content: label("outcome", each.outcome), note: [each.met_name, each.by].filter(Boolean).join(COMMA) || false, tag: each.satisfaction ? tagged("done", "say", label("satisfaction", each.satisfaction)) : false }));
  slot(document, "visits").replaceChildren(...(items.length ? items : [nothing(say("no_visit_yet"))]));
}

function nothing(words) {
  return Object.assign(document.createElement("li"), { className: "quiet", textContent: words });
}

function surveys(lines, rows, id) {
  const items = lines.map((line) => {
    const done = recorded(line, rows);
    return clone("survey", {
      title: line.data.title,
      note: surveyNote(line, done),
      handout: line.data.handout || done.has("survey_handout") || !open(line, done) ? false : to(address("visit", { id, handout: line.data.campaign })),
      answer: open(line, done) ? to(address("survey", { id, campaign: line.data.campaign })) : false,
    });
  });
  slot(document, "survey-lines").replaceChildren(...items);
  fill(document, { survey: items.length > 0 });
}

// Nobody in: one tap, recorded and on its way. The others ask for a word more, in the form.
async function attempt(app, id, outcome) {
  const { vault } = app;
  const mine = await session(vault);
  const [household, line, rows, server] = await Promise.all([recordOf(vault, id), planOf(vault, id), records(vault, mine.user.id), vault.recall("server")]);
  const number = attemptsSince(household.data.visits ?? [], rows.filter((row) => row.body.household === id).at(-1)) + 1;
  const rowsOfForm = [["type", line?.data.type ?? "regular"], ["method", "door"], ["visitors", [mine.user.id]], ["outcome", outcome], ["attempt", number]];
  const draft = await openDraft(vault, { owner: mine.user.id, household: id, form: currentForm("attempt"), kind: "visit", rows: rowsOfForm });
  if (outcome !== "not_in" || draft.value("outcome") !== outcome) {
    location.assign(address("visit", { id, draft: draft.id }));
    return;
  }
  const at = new Date().toISOString();
  const body = Object.fromEntries(rowsOfForm);
  const fact = await makeFact({ id: draft.id, kind: "visit", subject: id, form: draft.head.form, occurredAt: at, body, attachments: [], clock: server?.clock, owner: mine.user.id, household: id });
  await enqueue(vault, fact, draft.removal());
  document.querySelector("[data-slot=attempt]").open = false;
  slot(document, "begin").focus();
}
