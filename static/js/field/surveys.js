// Households drawn for running surveys: who is to be handed a form, who is to be asked.

import { recordOf, recordsOf } from "./blocks.js";
import { address, clone, tagged, to } from "./dom.js";
import { whereIs } from "./households.js";
import { day, inScript, label, say } from "./words.js";

/** The sample lines of running campaigns, in their order. */
export async function running(vault) {
  const lines = await recordsOf(vault, "sample_line");
  return lines.filter((line) => (line.data.campaign_status ?? "running") === "running").sort((a, b) => (a.data.position ?? 0) - (b.data.position ?? 0));
}

/** The lines of one household. */
export async function linesOf(vault, household) {
  return (await running(vault)).filter((line) => line.data.household === household && line.data.status !== "reserve");
}

export function surveyTitle(line) {
  return inScript(line.data.title, say("survey"));
}

/** What is known of the hand-out: when it was received, when it is to be collected. */
export function surveyNote(line) {
  const { handout } = line.data;
  if (handout?.outcome === "received") return say("collect_on", { day: day(handout.collect_on ?? handout.collect_at) });
  if (handout) return label("outcome", handout.outcome);
  return label("sample_status", line.data.status);
}

export async function surveyLine(vault, line) {
  const household = await recordOf(vault, line.data.household);
  return clone("line", {
    what: await whereIs(vault, household),
    note: `${surveyTitle(line)} ${surveyNote(line)}`,
    link: to(address("household", { id: line.data.household })),
    tag: tagged(line.data.handout ? "due" : "overdue", line.data.handout ? "clock" : "paper", line.data.handout ? say("to_be_asked") : say("to_be_handed_out")),
  });
}
