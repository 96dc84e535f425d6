// Today: what was returned, what was begun, and the plan in walking order.

import { recordOf, recordsOf } from "../blocks.js";
import { address, clone, heading, listed, slot, fill, tagged, to } from "../dom.js";
import { officeLists } from "../formlists.js";
import { draftsOf } from "../drafts.js";
import { buildings, estateOf, nameOf, walked, whereIs, whoLives } from "../households.js";
import { records } from "../outbox.js";
import { session } from "../session.js";
import { SIGNS, doorState, held, owed } from "../states.js";
import { handedOut, open, recorded, running, surveyLine } from "../surveys.js";
import { COMMA, day, dayOf, label, say, weekday, when } from "../words.js";

const PAST = ["done", "nobody", "refused", "unsent"];

export async function start(app) {
  const draw = () => show(app.vault).catch(console.error);
  app.stop.push(app.vault.watch(["outbox", "drafts", "blocks"], coalesced(draw)));
  await show(app.vault);
}

export function coalesced(work, wait = 120) {
  let timer = null;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, wait);
  };
}

async function show(vault) {
  const me = (await session(vault)).user.id;
  const [drafts, rows, own] = await Promise.all([draftsOf(vault, me), records(vault, me), recordsOf(vault, "own_record")]);
  const holding = held(drafts, rows, (await officeLists(vault)).policy);
  const stops = await stopsOfToday(vault, holding);
  heading(document, "day", day(new Date()));
  slot(document, "day").append(Object.assign(document.createElement("small"), { textContent: weekday() }));
  sums(stops);
  ribbon(stops);
  brief(stops);
  await returned(vault, own, rows);
  await begun(vault, drafts.filter((each) => !stops.some((stop) => stop.household.id === each.household)));
  await plan(vault, stops);
  await survey(vault, rows, stops);
}

/** The day's lines with their household, building and state, in walking order. */
async function stopsOfToday(vault, holding) {
  const today = dayOf();
  const lines = (await recordsOf(vault, "plan_line")).filter((line) => line.data.day === today);
  lines.sort((a, b) => a.data.position - b.data.position);
  const stops = [];
  for (const line of lines) {
    const household = await recordOf(vault, line.data.household);
    if (!household) continue;
    stops.push({ line, household, building: await recordOf(vault, household.data.building), ...doorState(household, holding, line.data) });
  }
  return walking(stops);
}

// Building by building in the order of the plan.
function walking(stops) {
  const order = [...new Set(stops.map((stop) => stop.household.data.building))];
  return stops.sort((a, b) => order.indexOf(a.household.data.building) - order.indexOf(b.household.data.building) || walked(a.household, b.household));
}

function sums(stops) {
  const many = (...states) => stops.filter((stop) => states.includes(stop.state)).length;
  const left = stops.length - many(...PAST);
  fill(document, {
    sum: stops.length ? say("today_sum", { all: stops.length, done: many("done", "unsent"), nobody: many("nobody", "refused"), left }) : "",
    empty: stops.length === 0,
    "plan-section": stops.length > 0,
    "plan-order": say("from_the_top"),
  });
}

function ribbon(stops) {
  const next = stops.find((stop) => !PAST.includes(stop.state));
  let building = stops[0]?.building?.id;
  const marks = stops.map((stop) => {
    const mark = document.createElement("li");
    mark.className = `is-${stop.state}${stop === next ? " is-here" : ""}${stop.building?.id !== building ? " gap" : ""}`;
    mark.append(Object.assign(document.createElement("span"), { className: "vh", textContent: `${stop.household.data.room} ${stop.word}` }));
    building = stop.building?.id;
    return mark;
  });
  slot(document, "ribbon").replaceChildren(...marks);
  slot(document, "ribbon").hidden = !stops.length;
}

function brief(stops) {
  const text = stops.map((stop) => stop.line.data.brief).find(Boolean);
  const from = stops.map((stop) => stop.household.data.brief).find((each) => each && each.text === text);
  fill(document, { brief: Boolean(text), "brief-link": Boolean(text), "brief-text": text ?? "", "brief-by": from?.by ? say("brief_by", { name: from.by, day: day(from.on) }) : "" });
}

// A returned record whose correction has not been begun to be sent again.
async function returned(vault, own, rows) {
  const items = [];
  for (const record of own.filter((each) => each.data.returned)) {
    const returns = record.data.signatures.filter((each) => each.decision === "returned");
    const back = returns.at(-1);
    // Counted, not compared by time: the tablet's clock may be wrong.
    if (rows.filter((row) => row.kind === "correction" && row.subject === record.id).length >= returns.length) continue;
    const { returned: before } = record.data;
    items.push(clone("returned", {
      what: await whereIs(vault, await recordOf(vault, before.household)),
      when: [day(before.occurred_at), label("visit_type", before.body.type)].join(COMMA),
      said: comments(record)[0]?.text ?? say("returned_without_words"),
      by: back ? `${back.by}${COMMA}${when(back.at)}` : "",
      link: to(address("visit", { id: before.household, returned: record.id })),
    }));
  }
  listed(document, "returned", items);
}

/** What the office wrote on a returned record: `{field, text}`, that on the whole first. */
export function comments(record) {
  return Object.entries(record?.data.comments ?? {}).map(([field, text]) => ({ field, text }));
}

async function begun(vault, drafts) {
  const items = [];
  for (const head of drafts) {
    items.push(clone("line", {
      what: await whereIs(vault, await recordOf(vault, head.household)),
      note: say(`kind_${head.kind}`),
      link: to(draftAddress(head)),
      tag: tagged("draft", "pen", say("changed_at", { time: when(head.changed_at) })),
    }));
  }
  listed(document, "drafts", items);
}

/** Where a draft is gone on with. */
export function draftAddress(head) {
  if (head.kind === "survey_response") return address("survey", { id: head.household, campaign: head.campaign });
  return address("visit", { id: head.household, draft: head.id });
}

async function named(vault, building) {
  return [await estateOf(vault, building.community), nameOf(building)].filter(Boolean).join(" ");
}

async function plan(vault, stops) {
  const next = stops.find((stop) => !PAST.includes(stop.state));
  const parts = [];
  for (const building of new Set(stops.map((stop) => stop.household.data.building))) {
    const here = stops.filter((stop) => stop.household.data.building === building);
    const left = here.filter((stop) => !PAST.includes(stop.state)).length;
    parts.push(clone("building", { name: await named(vault, here[0].building), count: say("building_count", { all: here.length, left }), link: (link) => (link.href = address("elevation", { building })) }));
    const floors = document.createElement("ul");
    for (const floor of new Set(here.map(floorWords))) floors.append(floorOf(floor, here.filter((stop) => floorWords(stop) === floor), next));
    parts.push(floors);
  }
  slot(document, "plan").replaceChildren(...parts);
}

function floorWords({ household: { data } }) {
  return [data.stair ? say("stair", { stair: data.stair }) : "", data.floor === null || data.floor === undefined ? "" : say("floor", { floor: data.floor })].filter(Boolean).join("\n");
}

function floorOf(name, stops, next) {
  const element = clone("floor", { name });
  element.classList.toggle("floor--next", stops.includes(next));
  slot(element, "stops").append(...stops.map((stop) => (stop === next ? nextStop(stop) : stopOf(stop))));
  return element;
}

function stopOf(stop) {
  const element = clone("stop", {
    room: stop.household.data.room,
    who: whoLives(stop.household),
    kind: kindOf(stop.line),
    note: stop.household.data.preference || false,
    tag: tagged(stop.state, SIGNS[stop.state], stop.note || stop.word),
    link: to(address("household", { id: stop.household.id })),
  });
  element.firstElementChild.classList.toggle("stop--past", PAST.includes(stop.state));
  return element;
}

function nextStop(stop) {
  const first = stop.household.data.opinions.find(owed);
  const note = first ? say("answer_first", { what: first.content }) : stop.household.data.preference;
  return clone("next", {
    "room-link": to(address("household", { id: stop.household.id }), stop.household.data.room),
    link: to(address("household", { id: stop.household.id })),
    who: whoLives(stop.household),
    kind: kindOf(stop.line),
    note: note ? true : false,
    "note-words": note || undefined,
    begin: to(address("visit", { id: stop.household.id }), stop.state === "draft" ? say("go_on") : say("begin_visit")),
  });
}

function kindOf(line) {
  return label("visit_type", line.data.type ?? "regular");
}

// The doors of running surveys, building by building; those of the day's plan lie open, without one the first.
async function survey(vault, rows, stops) {
  const doors = [];
  for (const line of await running(vault)) {
    const mine = recorded(line, rows);
    const household = open(line, mine) && (await recordOf(vault, line.data.household));
    if (household) doors.push({ line, mine, household });
  }
  const planned = new Set(stops.map((stop) => stop.household.data.building));
  const before = new Map([...slot(document, "survey-list").querySelectorAll("details")].map((each) => [each.id, each.open]));
  if (!doors.some((door) => planned.has(door.household.data.building))) planned.clear();
  const items = [];
  for (const building of await buildings(vault)) {
    const here = doors.filter((door) => door.household.data.building === building.id).sort((a, b) => walked(a.household, b.household));
    if (!here.length) continue;
    const out = here.filter(handedOut).length;
    const element = clone("doors", { name: await named(vault, building), count: [here.length > out ? say("hand_out_n", { n: here.length - out }) : "", out ? say("collect_n", { n: out }) : ""].filter(Boolean).join(COMMA) });
    const details = element.querySelector("details");
    details.id = `survey-${building.id}`;
    details.open = before.get(details.id) ?? (planned.size ? planned.has(building.id) : !items.length);
    slot(element, "lines").append(...here.map((door) => surveyLine(door, building)));
    items.push(element);
  }
  listed(document, "survey", items);
  slot(document, "survey-count").textContent = doors.length ? String(doors.length) : "";
}
