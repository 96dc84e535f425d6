// The elevation: floors and doors of one building, filled from what this tablet holds.

import { recordOf, recordsOf } from "../blocks.js";
import { address, clone, fill, heading, slot, tagged, to } from "../dom.js";
import { draftsOf } from "../drafts.js";
import { buildings, compare, nameOf, roomWords, whoLives } from "../households.js";
import { records } from "../outbox.js";
import { session } from "../session.js";
import { SIGNS, doorState, held, promised } from "../states.js";
import { dayOf, say } from "../words.js";
import { coalesced } from "./today.js";

export async function start(app, query) {
  const all = await buildings(app.vault);
  const chosen = all.find((each) => each.id === query.get("building")) ?? (await planned(app.vault, all)) ?? all[0];
  fill(document, { empty: !chosen, elevation: Boolean(chosen), legend: Boolean(chosen) });
  if (!chosen) return;
  const community = await recordOf(app.vault, chosen.community);
  heading(document, "name", nameOf(chosen));
  fill(document, { community: nameOf(community) });
  chooser(all.filter((each) => each.community === chosen.community), chosen);
  const draw = () => show(app.vault, chosen).catch(console.error);
  app.stop.push(app.vault.watch(["outbox", "drafts", "blocks"], coalesced(draw)));
  await show(app.vault, chosen);
  filters();
}

// Without a choice: the building in which the day's plan begins.
async function planned(vault, all) {
  const today = dayOf();
  const lines = (await recordsOf(vault, "plan_line")).filter((line) => line.data.day === today).sort((a, b) => a.data.position - b.data.position);
  const household = lines.length ? await recordOf(vault, lines[0].data.household) : null;
  return all.find((each) => each.id === household?.data.building);
}

function chooser(all, chosen) {
  const links = all.map((each) => {
    const link = document.createElement("a");
    link.href = address("elevation", { building: each.id });
    link.textContent = nameOf(each);
    if (each.id === chosen.id) link.setAttribute("aria-current", "page");
    return link;
  });
  slot(document, "buildings").replaceChildren(...links);
  globalThis.htmx?.process(slot(document, "buildings"));
}

async function show(vault, building) {
  const me = (await session(vault)).user.id;
  const [households, drafts, rows, lines] = await Promise.all([recordsOf(vault, "household", building.id), draftsOf(vault, me), records(vault, me), recordsOf(vault, "plan_line")]);
  const holding = held(drafts, rows);
  const today = dayOf();
  const plan = new Map(lines.filter((line) => line.data.day === today).map((line) => [line.data.household, line.data]));
  const doors = households.map((household) => ({ household, ...doorState(household, holding, plan.get(household.id) ?? null) }));
  lay(doors);
  counts(doors);
}

function lay(doors) {
  const stairs = [...new Set(doors.map((door) => door.household.data.stair ?? ""))].sort(compare);
  const floors = [...new Set(doors.map((door) => door.household.data.floor ?? null))].sort((a, b) => (b ?? -99) - (a ?? -99));
  const at = (floor, stair) => doors.filter((door) => (door.household.data.floor ?? null) === floor && (door.household.data.stair ?? "") === stair).sort((a, b) => compare(a.household.data.room, b.household.data.room));
  const widest = new Map(stairs.map((stair) => [stair, Math.max(...floors.map((floor) => at(floor, stair).length))]));
  const whole = clone("elevation");
  const head = slot(whole, "head");
  head.hidden = stairs.length < 2;
  head.append(...stairs.map((stair) => clone("elevation-stair", { name: say("stair", { stair }) })));
  slot(whole, "floors").append(...floors.map((floor) => floorOf(floor, stairs.map((stair) => padded(at(floor, stair), widest.get(stair))))));
  slot(document, "elevation").replaceChildren(whole);
}

// A floor with fewer doors keeps the columns of the widest.
function padded(doors, width) {
  return [...doors, ...Array(width - doors.length).fill(null)];
}

function floorOf(floor, stairs) {
  const row = clone("elevation-floor", { name: floor === null ? "—" : say("floor", { floor }) });
  for (const doors of stairs) {
    const list = clone("elevation-doors");
    list.append(...doors.map(doorOf));
    row.append(list);
  }
  return row;
}

function doorOf(door) {
  if (!door) return Object.assign(document.createElement("li"), { ariaHidden: "true" });
  const { household, state, word, note } = door;
  const cell = clone("door", { room: household.data.room, note: note || word, word: note && note !== word ? word : false, sign: (use) => use.setAttribute("href", `#i-${SIGNS[state]}`) });
  const link = slot(cell, "link");
  link.classList.add(`is-${state}`);
  link.classList.toggle("has-promise", promised(household));
  link.dataset.state = state;
  link.href = address("household", { id: household.id });
  link.addEventListener("click", (event) => peek(event, door, link));
  return cell;
}

// The first tap shows who is behind the door, the second opens it.
function peek(event, door, link) {
  if (link.getAttribute("aria-current") === "true" || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  for (const other of document.querySelectorAll(".door-cell[aria-current]")) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  const { household } = door;
  const open = promised(household) ? household.data.opinions[0] : null;
  fill(document, {
    peek: true,
    "peek-name": roomWords(household.data.room),
    "peek-tag": tagged(door.state, SIGNS[door.state], door.note || door.word),
    "peek-who": say("who_and_how_many", { name: whoLives(household), n: (household.data.residents ?? []).length }),
    "peek-say": open ? say("answer_first", { what: open.content }) : false,
    "peek-open": to(address("household", { id: household.id })),
    "peek-begin": to(address("visit", { id: household.id })),
  });
}

function counts(doors) {
  const many = (state) => doors.filter((door) => door.state === state).length;
  for (const state of Object.keys(SIGNS)) fill(document, { [`count-${state}`]: String(many(state)) });
  const counted = doors.filter((door) => door.state !== "vacant");
  const visited = counted.filter((door) => ["done", "unsent"].includes(door.state)).length;
  const share = counted.length ? visited / counted.length : 0;
  fill(document, { cover: counted.length > 0, percent: `${Math.round(share * 100)}%`, of: say("of_households", { n: visited, all: counted.length }), bar: (bar) => (bar.value = share) });
}

function filters() {
  for (const button of document.querySelectorAll("[data-slot=legend] button")) {
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      for (const each of document.querySelectorAll("[data-slot=legend] button")) each.setAttribute("aria-pressed", String(on && each === button));
      const frame = slot(document, "elevation");
      if (on) frame.dataset.only = button.dataset.state;
      else delete frame.dataset.only;
      for (const cell of frame.querySelectorAll(".door-cell")) cell.classList.toggle("is-dimmed", on && cell.dataset.state !== button.dataset.state);
    });
  }
}
