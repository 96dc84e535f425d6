// What is wrong with the answers to a form: the twin of portal/domain/formspec, held to it by tests/cases/formspec.json.
// A document is the JSON as published; nothing in it is ever evaluated as code.

const BLANK = /^[ \t\n\r\u3000]*$/;
const NUMBER_MAX = Number.MAX_SAFE_INTEGER;
const MEMBERS_MAX = 50;
const TEXT_MAX = { text: 200, long_text: 5000 };

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const CODE = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const HASH = /^[0-9a-f]{64}$/;
const TIME = /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/;
const PHONE = /^\+?[0-9(][0-9() -]{1,28}[0-9](?:#[0-9]{1,6})?$/;
const DATE = new RegExp(
  "^(?:(?:19|2[01])[0-9]{2}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])" +
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))" +
    "|(?:(?:19|2[01])(?:0[48]|[2468][048]|[13579][26])|2000)-02-29)$",
);

/** All problems as [path, code, params], in the order of the document; none if the answers may be sent. */
export function problems(formDocument, answers) {
  const found = [];
  const scales = formDocument.scales ?? {};
  checkObject({ fields: fieldsOf(formDocument) }, answers, [], { found, scales });
  return found;
}

/** The answers less those that `when` hides, at every depth, judged by the answers as given. */
export function withoutHidden(formDocument, answers) {
  return shown(fieldsOf(formDocument), answers);
}

/** Whether a value is an answer: not null, not a blank text, not an empty list or object. */
export function answered(value) {
  if (value === null || value === undefined) return false;
  if (typeof value === "string") return !BLANK.test(value);
  if (typeof value === "object") return Object.keys(value).length > 0;
  return true;
}

/** Whether a condition (true, false or a syntax tree) is true of the answers beside it. */
export function holds(condition, answers) {
  if (typeof condition === "boolean") return condition;
  const [operator, ...parts] = condition;
  if (operator === "and") return parts.every((part) => holds(part, answers));
  if (operator === "or") return parts.some((part) => holds(part, answers));
  if (operator === "not") return !holds(parts[0], answers);
  const answer = own(answers, parts[0]);
  if (operator === "answered") return answered(answer);
  const wanted = operator === "=" ? [parts[1]] : parts[1];
  const given = Array.isArray(answer) ? answer : [answer];
  return given.some((each) => wanted.includes(each));
}

/** Parts of a path as a JSON Pointer. */
export function pointer(parts) {
  return parts.map((part) => "/" + part.replaceAll("~", "~0").replaceAll("/", "~1")).join("");
}

function fieldsOf(formDocument) {
  return formDocument.steps.flatMap((step) => step.fields);
}

function own(answers, key) {
  return Object.hasOwn(answers, key) ? answers[key] : undefined;
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function ownId(member) {
  const id = isObject(member) ? own(member, "id") : undefined;
  return typeof id === "string" && ID.test(id) ? id : null;
}

function isList(field) {
  return field.repeat === true || field.type === "choices" || field.type === "photos";
}

function carriesId(field) {
  return field.type === "group" && field.repeat === true && !field.by;
}

function shown(fields, answers) {
  const kept = { ...answers };
  for (const field of fields) {
    const value = own(answers, field.key);
    if (!holds(field.when ?? true, answers)) delete kept[field.key];
    else if (field.type !== "group") continue;
    else if (isObject(value)) kept[field.key] = shown(field.fields, value);
    else if (Array.isArray(value))
      kept[field.key] = value.map((each) => (isObject(each) ? shown(field.fields, each) : each));
  }
  return kept;
}

function checkObject(group, answers, path, run) {
  if (!isObject(answers)) {
    run.found.push([path, "not_an_object", {}]);
    return;
  }
  for (const field of group.fields) {
    const answer = own(answers, field.key);
    const here = [...path, field.key];
    if (!answered(answer)) {
      if (holds(field.required ?? false, answers) && holds(field.when ?? true, answers)) {
        run.found.push([here, "required", {}]);
        continue;
      }
      if (answer === null || answer === undefined) continue;
    }
    const check = isList(field) ? checkList : CHECKS[field.type];
    check(field, answer, here, run);
  }
  const names = new Set(group.fields.filter((field) => field.type !== "note").map((field) => field.key));
  if (carriesId(group)) names.add("id");
  const unknown = Object.keys(answers).filter((key) => !names.has(key));
  for (const key of unknown.sort()) run.found.push([[...path, key], "unknown_key", {}]);
}

function checkList(field, answer, path, run) {
  const limit = field.max ?? MEMBERS_MAX;
  if (!Array.isArray(answer)) run.found.push([path, "not_a_list", {}]);
  else if (answer.length > limit) run.found.push([path, "too_many", { limit }]);
  else if (field.type === "group") checkMembers(field, answer, path, run);
  else checkValues(field, answer, path, run);
}

function checkMembers(field, answer, path, run) {
  const identity = field.by ?? "id";
  const seen = new Set();
  answer.forEach((member, index) => {
    const id = ownId(member);
    const here = [...path, id ?? String(index)];
    if (isObject(member)) {
      const name = own(member, identity) ?? null;
      if (carriesId(field) && id === null) {
        run.found.push([[...here, "id"], name === null ? "required" : "not_an_id", {}]);
      } else if (typeof name === "string") {
        if (seen.has(name)) run.found.push([[...here, identity], "duplicate_id", {}]);
        seen.add(name);
      }
    }
    checkObject(field, member, here, run);
  });
}

function checkValues(field, answer, path, run) {
  const seen = new Set();
  answer.forEach((value, index) => {
    const here = [...path, String(index)];
    const before = run.found.length;
    CHECKS[field.type](field, value, here, run);
    if (run.found.length > before) return;
    if (seen.has(value)) run.found.push([here, "duplicate", {}]);
    seen.add(value);
  });
}

function checkText(field, answer, path, run) {
  const limit = field.max ?? TEXT_MAX[field.type];
  if (typeof answer !== "string") run.found.push([path, "not_text", {}]);
  else if ([...answer].length > limit) run.found.push([path, "too_long", { limit }]);
}

function checkChoice(field, answer, path, run) {
  const offered = field.type === "scale" ? run.scales[field.scale] : field.options;
  if (!offered.some((each) => each.key === answer)) run.found.push([path, "not_a_choice", {}]);
}

function checkNumber(field, answer, path, run) {
  const min = field.min ?? -NUMBER_MAX;
  const max = field.max ?? NUMBER_MAX;
  if (!Number.isInteger(answer)) run.found.push([path, "not_a_number", {}]);
  else if (answer < min || answer > max) run.found.push([path, "out_of_range", { min, max }]);
}

function matching(pattern, code) {
  return (field, answer, path, run) => {
    if (typeof answer !== "string" || !pattern.test(answer)) run.found.push([path, code, {}]);
  };
}

const checkId = matching(ID, "not_an_id");
const checkCode = matching(CODE, "not_a_code");
const checkHash = matching(HASH, "not_a_hash");

// By type: what is wrong with one value, or with each member where the type is a list.
const CHECKS = {
  text: checkText,
  long_text: checkText,
  choice: checkChoice,
  choices: checkChoice,
  scale: checkChoice,
  number: checkNumber,
  date: matching(DATE, "not_a_date"),
  time: matching(TIME, "not_a_time"),
  phone: matching(PHONE, "not_a_phone"),
  person: checkId,
  department: checkId,
  record: (field, ...rest) => (field.of === "category" ? checkCode : checkId)(field, ...rest),
  photos: checkHash,
  signature: checkHash,
  note: () => {},
  group: checkObject,
};
