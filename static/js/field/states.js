// The state of each door as this tablet knows it: what it holds itself (drafts, outbox) before what the server said.

import { OVER } from "./outbox.js";
import { day, dayOf, daysAfter, daysBetween, label, monthsAfter, say } from "./words.js";

export const SIGNS = { due: "ring", overdue: "late", done: "check", nobody: "door", refused: "ban", draft: "pen", unsent: "up", problem: "late", later: "clock", vacant: "dot" };
const NOT_MET = ["not_in", "refused", "moved", "another_day"];
const VISITS = ["visit", "correction"];

/** What this tablet holds of each household, `drafts` and `outbox` by household id, and the office's numbers. */
export function held(drafts, rows, policy = null) {
  const byHousehold = (list, key) => {
    const found = new Map();
    for (const each of list) if (!found.has(key(each)) || newer(each, found.get(key(each)))) found.set(key(each), each);
    return found;
  };
  return {
    policy: policy ?? { visit_interval_months: 3, visit_due_soon_days: 14 },
    drafts: byHousehold(drafts.filter((each) => VISITS.includes(each.kind)), (each) => each.household),
    outbox: byHousehold(rows.filter((each) => VISITS.includes(each.kind)), (each) => each.body.household),
  };
}

function newer(left, right) {
  return (left.recorded_at ?? left.changed_at) > (right.recorded_at ?? right.changed_at);
}

/** `{state, word, note}` of a household; `plan`: its line of today, where there is one. */
export function doorState(household, holding, plan = null, now = new Date()) {
  const today = dayOf(now);
  const draft = holding.drafts.get(household.id);
  if (draft) return { state: "draft", word: say("state_draft"), note: draft.body?.step ? say("draft_at", { step: draft.body.step }) : say("state_draft") };
  const row = holding.outbox.get(household.id);
  if (row && ["conflict", "quarantined"].includes(row.status)) return { state: "problem", word: say("state_problem"), note: say("state_problem") };
  if (row && !OVER.includes(row.status)) return { state: "unsent", word: say("state_unsent"), note: say("state_unsent") };
  const visits = household.data.visits ?? [];
  const last = latest(visits, row);
  if (last && dayOf(new Date(last.occurred_at)) === today) return fromVisit(last, visits, today);
  if (household.data.occupancy === "vacant") return { state: "vacant", word: say("state_vacant"), note: "" };
  return fromDates(household, last, visits, plan, today, holding.policy);
}

// What was sent a moment ago is known before the pull brings it.
function latest(visits, row) {
  const sent = row && OVER.includes(row.status) && row.body.outcome ? { id: row.id, occurred_at: row.recorded_at, outcome: row.body.outcome } : null;
  const all = [...visits, ...(sent && !visits.some((each) => each.id === sent.id) ? [sent] : [])];
  return all.sort((a, b) => b.occurred_at.localeCompare(a.occurred_at))[0] ?? null;
}

function fromVisit(last, visits) {
  if (last.outcome === "refused") return { state: "refused", word: label("outcome", "refused"), note: day(last.occurred_at) };
  if (NOT_MET.includes(last.outcome)) return { state: "nobody", word: label("outcome", last.outcome), note: attemptWords(last, visits) };
  return { state: "done", word: say("state_done"), note: day(last.occurred_at) };
}

// As portal/households/standing.py: never visited is due, past the interval is overdue, near its end is due.
function fromDates(household, last, visits, plan, today, policy) {
  const visited = household.data.last_visit_on;
  const due = visited ? monthsAfter(visited, policy.visit_interval_months) : null;
  const state = !due ? "due" : due <= today ? "overdue" : due <= daysAfter(today, policy.visit_due_soon_days) ? "due" : "done";
  if (state !== "done" && last && ["not_in", "refused"].includes(last.outcome)) return fromVisit(last, visits);
  if (state === "overdue") return { state, word: say("state_overdue"), note: due === today ? say("due_today") : say("overdue_days", { days: daysBetween(due, today) }) };
  if (plan) return { state: "due", word: say("state_due"), note: label("plan_reason", plan.reason) };
  if (state === "due") return { state, word: say("state_due"), note: due ? say("until", { day: day(due) }) : say("never_visited") };
  return { state, word: say("state_done"), note: day(visited) };
}

function attemptWords(last, visits) {
  const number = last.attempt || attemptsSince(visits);
  return last.outcome === "not_in" ? say("nobody_times", { times: Math.max(1, number) }) : label("outcome", last.outcome);
}

/** How many attempts there were since somebody was last met. */
export function attemptsSince(visits, row = null) {
  const sorted = [...visits].sort((a, b) => b.occurred_at.localeCompare(a.occurred_at));
  const met = sorted.findIndex((each) => !NOT_MET.includes(each.outcome));
  const counted = (met < 0 ? sorted : sorted.slice(0, met)).length;
  const mine = row && NOT_MET.includes(row.body.outcome) && !visits.some((each) => each.id === row.id) ? 1 : 0;
  return Math.max(counted, sorted[0] && NOT_MET.includes(sorted[0].outcome) ? (sorted[0].attempt ?? 0) : 0) + mine;
}

/** Whether this opinion waits for a word of ours at the door: its measure is done, or something was promised. */
export function owed(opinion) {
  return opinion.status === "done" || (opinion.commitments ?? []).length > 0;
}

/** Whether something on this household waits for an answer of ours. */
export function promised(household) {
  return (household.data.opinions ?? []).length > 0;
}
