// The day's plan lines of this person.

import { recordsOf } from "./blocks.js";
import { dayOf } from "./words.js";

/** Today's line of a household, or null. */
export async function planOf(vault, household) {
  const today = dayOf();
  const lines = await recordsOf(vault, "plan_line");
  return lines.find((line) => line.data.household === household && line.data.day === today) ?? null;
}
