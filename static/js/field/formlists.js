// The options of a form's selects, from what was downloaded: colleagues, residents, departments, categories.

import { recordsOf } from "./blocks.js";
import { inScript, label } from "./words.js";

/** `{staff, resident, department, category}` for a household; the signed-in person is always among the colleagues. */
export async function listsFor(vault, mine, household) {
  const known = await enumerations(vault);
  const staff = known.staff.some((each) => each.id === mine.user.id) ? known.staff : [{ id: mine.user.id, name: mine.user.name }, ...known.staff];
  const residents = (household?.data.residents ?? []).map((each) => ({ id: each.id, name: `${each.name} ${label("relation", each.relation)}` }));
  return { staff, resident: residents, department: known.department, category: known.category };
}

async function enumerations(vault) {
  const found = { staff: [], department: [], category: [] };
  for (const record of await recordsOf(vault, "enumeration")) {
    const { data } = record;
    for (const [key, names] of [["staff", ["staff", "colleagues"]], ["department", ["department", "departments"]], ["category", ["category", "categories"]]])
      for (const name of names) if (Array.isArray(data[name])) found[key].push(...data[name].map(option));
    if (data.list in found && Array.isArray(data.items)) found[data.list].push(...data.items.map(option));
  }
  return found;
}

function option(item) {
  if (typeof item === "string") return { id: item, name: label("category", item) };
  const id = item.id ?? item.key ?? item.slug;
  return { id, name: inScript(item.name ?? { hans: item.name_hans, hant: item.name_hant }) || label("category", id) };
}
