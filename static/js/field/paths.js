// Answers by path: `type`, `ratings/overall`, `opinions/<id>/content`. A draft keeps one row for each path; the body of a
// fact is built from them along the form's document.

/** The answers as one object, members in the order of their ids (of `by`: in the order given by the rows). */
export function assembled(formDocument, rows) {
  return built(formDocument.steps.flatMap((step) => step.fields), new Map(rows));
}

function built(fields, rows, prefix = "") {
  const answers = {};
  for (const field of fields) {
    const path = prefix + field.key;
    if (field.type === "note") continue;
    if (field.type !== "group") {
      if (rows.has(path)) answers[field.key] = rows.get(path);
    } else if (field.repeat) {
      const members = memberIds(rows, path).map((id) => member(field, rows, `${path}/${id}/`, id));
      if (members.length) answers[field.key] = members;
    } else {
      const inner = built(field.fields, rows, `${path}/`);
      if (Object.keys(inner).length) answers[field.key] = inner;
    }
  }
  return answers;
}

function member(field, rows, prefix, id) {
  const inner = built(field.fields, rows, prefix);
  return field.by ? { ...inner, [field.by]: rows.get(prefix + field.by) ?? id } : { id, ...inner };
}

/** The ids of a repeated group's members: those whose own row `…/<id>` is there, oldest first (version 7 sorts). */
export function memberIds(rows, path) {
  const found = [];
  for (const [key, value] of rows) {
    const rest = key.startsWith(`${path}/`) ? key.slice(path.length + 1) : "";
    if (rest && !rest.includes("/") && value === true) found.push(rest);
  }
  return found.sort();
}

/** The other way round: the rows of a body, for a correction that begins with what was sent. */
export function rowsOf(formDocument, body) {
  const rows = [];
  spread(formDocument.steps.flatMap((step) => step.fields), body, "", rows);
  return rows;
}

function spread(fields, answers, prefix, rows) {
  for (const field of fields) {
    const value = answers?.[field.key];
    if (value === null || value === undefined) continue;
    const path = prefix + field.key;
    if (field.type === "group" && field.repeat) {
      for (const each of value) {
        const id = each[field.by ?? "id"];
        rows.push([`${path}/${id}`, true]);
        spread(field.fields, each, `${path}/${id}/`, rows);
      }
    } else if (field.type === "group") spread(field.fields, value, `${path}/`, rows);
    else rows.push([path, value]);
  }
}

/** The field of a document behind a path. */
export function fieldAt(formDocument, path) {
  let fields = formDocument.steps.flatMap((step) => step.fields);
  let field;
  const parts = path.split("/");
  for (let index = 0; index < parts.length; index += 1) {
    field = fields.find((each) => each.key === parts[index]);
    if (!field) return undefined;
    if (field.type === "group" && field.repeat) index += 1;
    fields = field.fields ?? [];
  }
  return field;
}

/** The answers that stand beside a path: what its `when` and `required` are judged by. */
export function answersBeside(answers, path) {
  const parts = path.split("/").slice(0, -1);
  let here = answers;
  for (let index = 0; index < parts.length; index += 1) {
    const next = here?.[parts[index]];
    if (Array.isArray(next)) {
      index += 1;
      here = next.find((each) => Object.values(each).includes(parts[index]));
    } else here = next;
  }
  return here ?? {};
}
