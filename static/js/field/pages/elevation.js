// The elevation: floors and doors of one building, filled from what this tablet holds.

import { recordOf, recordsOf } from "../blocks.js";
import { address, fill, heading, slot, tagged, to } from "../dom.js";
import { officeLists } from "../formlists.js";
import { draftsOf } from "../drafts.js";
import { buildings, estateOf, compare, nameOf, roomWords, whoLives } from "../households.js";
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
  await chooser(app.vault, all, chosen);
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

// The buildings of this estate; another estate by its name, which opens its first building.
async function chooser(vault, all, chosen) {
  const links = [];
  for (const each of all) {
    const here = each.community === chosen.community;
    if (!here && links.some((link) => link.dataset.community === each.community)) continue;
    const link = document.createElement("a");
    link.href = address("elevation", { building: each.id });
    link.textContent = here ? nameOf(each) : await estateOf(vault, each.community);
    link.dataset.community = each.community;
    if (each.id === chosen.id) link.setAttribute("aria-current", "page");
    links.push(link);
  }
  slot(document, "buildings").replaceChildren(...links);
  globalThis.htmx?.process(slot(document, "buildings"));
}

async function show(vault, building) {
  const me = (await session(vault)).user.id;
  const [households, drafts, rows, lines] = await Promise.all([recordsOf(vault, "household", building.id), draftsOf(vault, me), records(vault, me), recordsOf(vault, "plan_line")]);
  const holding = held(drafts, rows, (await officeLists(vault)).policy);
  const today = dayOf();
  const plan = new Map(lines.filter((line) => line.data.day === today).map((line) => [line.data.household, line.data]));
  const doors = households.map((household) => ({ household, ...doorState(household, holding, plan.get(household.id) ?? null) }));
  lay(doors);
  counts(doors);
}

function lay(doors) {
  const stairs = [...new Set(doors.map((door) => door.household.data.stair ?? ""))].sort(compare);
  const columns = new Map(stairs.map((stair) => [stair, columnsOf(doors.filter((door) => (door.household.data.stair ?? "") === stair))]));
  const floors = [...new Set(doors.map((door) => door.household.data.floor ?? null))].sort((a, b) => (b ?? -99) - (a ?? -99));
  slot(document, "elevation").querySelector("table").style.setProperty("--doors", [...columns.values()].flat().length);
  const placed = new Map(doors.map((door) => [place(door.household), door]));
  slot(document, "head").replaceChildren(...(stairs.length > 1 || stairs[0] ? [head(stairs, columns)] : []));
  slot(document, "floors").replaceChildren(...floors.map((floor) => row(floor, stairs, columns, placed)));
}

function head(stairs, columns) {
  const line = document.createElement("tr");
  line.append(document.createElement("td"));
  for (const stair of stairs) line.append(Object.assign(document.createElement("th"), { className: "elevation__stair", scope: "colgroup", colSpan: columns.get(stair).length, textContent: say("stair", { stair }) }));
  return line;
}

function row(floor, stairs, columns, placed) {
  const line = document.createElement("tr");
  line.append(Object.assign(document.createElement("th"), { className: "elevation__floor", scope: "row", textContent: floor === null ? "—" : say("floor", { floor }) }));
  for (const stair of stairs) {
    columns.get(stair).forEach((column, index) => {
      const cell = document.createElement("td");
      if (!index) cell.className = "elevation__first";
      const door = placed.get([floor, stair, column].join("|"));
      if (door) cell.append(doorOf(door));
      line.append(cell);
    });
  }
  return line;
}

const place = (household) => [household.data.floor ?? null, household.data.stair ?? "", column(household)].join("|");

// Which door of the landing: 1203 on floor 12 is 03, 12C is C, so that two rooms of one column stand above each other.
function column(household) {
  const { room } = household.data;
  const floor = String(household.data.floor ?? "");
  const digits = room.replace(/\D/g, "");
  return floor && digits.startsWith(floor) && room.length > floor.length ? room.replace(floor, "") : room;
}

function columnsOf(doors) {
  return [...new Set(doors.map((door) => column(door.household)))].sort(compare);
}

function doorOf(door) {
  const { household, state, word, note } = door;
  const link = document.getElementById(`door-${state === "problem" ? "unsent" : state}`).content.firstElementChild.cloneNode(true);
  link.querySelector(".door__room").textContent = household.data.room;
  link.querySelector(".door__note").textContent = note || word;
  if (promised(household)) {
    link.classList.add("has-promise");
    link.append(document.getElementById("door-promise").content.cloneNode(true));
  }
  link.dataset.state = state;
  link.href = address("household", { id: household.id });
  link.addEventListener("click", (event) => peek(event, door, link));
  return link;
}

// The first tap shows who is behind the door, the second opens it.
function peek(event, door, link) {
  if (link.getAttribute("aria-current") === "true" || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  for (const other of document.querySelectorAll(".door[aria-current]")) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  const { household } = door;
  const open = household.data.opinions[0];
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
      for (const cell of frame.querySelectorAll(".door")) cell.classList.toggle("is-dimmed", on && cell.dataset.state !== button.dataset.state);
    });
  }
}
