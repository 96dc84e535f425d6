// Runs the shared cases in a page and writes what differs, by name of the group, into the page as JSON.
import { canonical, cleanText, factHash, factText, sealFact } from "/static/js/field/canonical.js";
import { answered, pointer, problems, withoutHidden } from "/static/js/field/formspec.js";
import { uuid5, uuid7 } from "/static/js/field/ids.js";

const VERSION_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const differences = {};
let ran = 0;

function same(left, right) {
  if (Object.is(left, right)) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => key in right && same(left[key], right[key]));
}

async function check(group, cases, run) {
  differences[group] = [];
  for (const each of cases) {
    ran += 1;
    const [found, expected] = await run(each);
    if (!same(found, expected)) differences[group].push({ says: each.says ?? each, found, expected });
  }
}

function refusal(build) {
  try {
    build();
    return "built";
  } catch (error) {
    return error.name;
  }
}

async function runFormspec({ documents, formspec, spoilt }) {
  await check("formspec", formspec.cases, (each) => [problems(documents[each.document], each.answers), each.problems]);
  await check("spoilt", spoilt, (each) => [problems(documents[each.document], each.answers), each.problems]);
  await check("hidden", formspec.hidden, (each) => {
    const before = JSON.stringify(each.answers);
    const left = withoutHidden(documents[each.document], each.answers);
    return [{ left, answers: JSON.stringify(each.answers) }, { left: each.left, answers: before }];
  });
  await check("pointers", [{ parts: ["a/b", "~", "0"], text: "/a~1b/~0/0" }, { parts: [], text: "" }], (each) => [
    pointer(each.parts),
    each.text,
  ]);
  await check("answered", [0, false, "x", [0], { a: 1 }], (each) => [answered(each), true]);
  await check("unanswered", [null, "", "\u3000", [], {}], (each) => [answered(each), false]);
}

async function runCanonical({ canonical: cases, random }) {
  await check("built", [...cases.built, ...random], (each) => [canonical(each.given), each.text]);
  await check("cleaned", cases.cleaned, (each) => [
    [cleanText(each.given), canonical([each.given])],
    [each.left, canonical([each.left])],
  ]);
  await check("refused", cases.refused, (each) => [refusal(() => canonical(each.given)), "TypeError"]);
  await check("facts", cases.facts, async (each) => [
    [factText(each.fact), await factHash(each.fact)],
    [each.text, each.sha256],
  ]);
  await check("sealed", cases.facts.slice(0, 4), async (each) => {
    const { sha256, text } = await sealFact(each.fact);
    return [JSON.parse(text), { ...each.fact, sha256 }];
  });
  await check("undefined", [{ given: { a: undefined, b: 1 }, text: '{"b":1}' }], (each) => [canonical(each.given), each.text]);
  await check("depth", [{ depth: 100, ends: "built" }, { depth: 101, ends: "TypeError" }], (each) => {
    let value = 7;
    for (let level = 0; level < each.depth; level += 1) value = [value];
    return [refusal(() => canonical(value)), each.ends];
  });
}

async function runIds({ canonical: cases }) {
  await check("uuid5", cases.uuid5, async (each) => [await uuid5(each.namespace, each.name), each.id]);
  const now = 1772677440123;
  const made = Array.from({ length: 9000 }, () => uuid7(now));
  made.push(uuid7(now - 60000), uuid7(now + 60000));
  await check("uuid7", [
    { says: "the shape of version 7", found: made.every((id) => VERSION_7.test(id)) },
    { says: "the time in front", found: made[0].replace("-", "").startsWith(now.toString(16).padStart(12, "0")) },
    { says: "each once", found: new Set(made).size === made.length },
    { says: "in the order in which they were made", found: same(made.toSorted(), made) },
    { says: "now where no time is given", found: parseInt(uuid7().replace("-", "").slice(0, 12), 16) >= now },
  ], (each) => [each.found, true]);
}

function refusesEval() {
  const error = refusal(() => new Function("return 1"));
  if (error !== "EvalError") differences.policy = [`the page may evaluate code: ${error}`];
}

const cases = await (await fetch("/cases.json")).json();
refusesEval();
await runFormspec(cases);
await runCanonical(cases);
await runIds(cases);
const output = document.createElement("pre");
output.id = "outcome";
output.textContent = JSON.stringify({ ran, differences });
document.body.append(output);
