// Households drawn for running surveys: who is to be handed a form, who is to be asked.

import { recordsOf } from "./blocks.js";
import { address, clone, tagged, to } from "./dom.js";
import { placeOf } from "./households.js";
import { COMMA, day, label, say } from "./words.js";

/** The sample lines of running campaigns, in their order. */
export async function running(vault) {
  const lines = await recordsOf(vault, "sample_line");
  return lines.sort((a, b) => a.data.position - b.data.position);
}

/** The lines of one household. */
export async function linesOf(vault, household) {
  return (await running(vault)).filter((line) => line.data.household === household && line.data.status !== "reserve");
}

/** What this tablet itself has recorded of a line: the kinds in its outbox for this household and campaign. */
export function recorded(line, rows) {
  return new Set(rows.filter((row) => row.body.household === line.data.household && row.body.campaign === line.data.campaign).map((row) => row.kind));
}

/** What is known of the hand-out: when it was received, when it is to be collected. */
export function surveyNote(line, mine = new Set()) {
  if (line.data.status === "returned" || mine.has("survey_response")) return label("sample_status", "returned");
  if (line.data.handout) return say("collect_on", { day: day(line.data.handout.collect_on) });
  if (mine.has("survey_handout")) return say("recorded_here");
  return [label("sample_status", line.data.status), say("until", { day: day(line.data.hand_out_by) })].join(COMMA);
}

/** Whether somebody still has to go to this door for the survey. */
export function open(line, mine) {
  return !["reserve", "returned", "moved"].includes(line.data.status) && !mine.has("survey_response");
}

/** Whether the household has the questionnaire already, as the office or this tablet knows. */
export function handedOut({ line, mine }) {
  return Boolean(line.data.handout) || mine.has("survey_handout");
}

/** A door of a survey, to be told within its building. */
export function surveyLine({ line, mine, household }, building) {
  const out = handedOut({ line, mine });
  const { stair, room } = placeOf(household, building);
  return clone("line", {
    what: [stair, room].filter(Boolean).join(" "),
    note: surveyNote(line, mine),
    link: to(address("household", { id: line.data.household })),
    tag: tagged("due", out ? "clock" : "paper", out ? say("to_be_asked") : say("to_be_handed_out")),
  });
}
