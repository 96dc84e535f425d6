// The options of a form's selects, from what was downloaded: colleagues, residents, departments, categories.

import { recordsOf } from "./blocks.js";
import { inScript, label } from "./words.js";

/** `{staff, resident, department, category}` for a household; the signed-in person is always among the colleagues. */
export async function listsFor(vault, mine, household) {
  const data = await officeLists(vault, household?.office);
  const colleagues = data.colleagues ?? [];
  const known = colleagues.some((each) => each.id === mine.user.id);
  return {
    staff: known ? colleagues : [{ id: mine.user.id, name: mine.user.name }, ...colleagues],
    resident: (household?.data.residents ?? []).map((each) => ({ id: each.id, name: `${each.name} ${label("relation", each.relation)}` })),
    department: (data.departments ?? []).map((each) => ({ id: each.id, name: inScript(each.name) })),
    category: (data.categories ?? []).map((code) => ({ id: code, name: label("category", code) })),
  };
}

/** What the office keeps for its tablets: its name, time zone, lists, the numbers of its policy. */
export async function officeLists(vault, office) {
  const records = await recordsOf(vault, "enumerations");
  return (records.find((each) => each.id === office) ?? records[0])?.data ?? {};
}
