// Downloaded households: how they are called, where they lie, how they are found.

import { FINDING, findingRow, recordOf, recordsOf } from "./blocks.js";
import { build, inScript, say } from "./words.js";

/** The name of a building, a community: the reader's half of the pair. */
export function nameOf(record) {
  const data = record?.data ?? {};
  return inScript(data.name, data.code ?? "");
}

/** 3栋 1 单元 1002 室, the parts apart. */
export function placeOf(household, building) {
  const { stair, room } = household.data;
  return { building: nameOf(building), stair: stair ? say("stair", { stair }) : "", room: roomWords(room) };
}

/** `1002 室`; a room that is more than a number is said as it is. */
export function roomWords(room) {
  return /^[0-9A-Za-z-]+$/.test(room) ? say("room", { room }) : room;
}

export async function whereIs(vault, household) {
  if (!household) return say("unknown_household");
  const building = await recordOf(vault, household.data.building);
  const { building: name, stair, room } = placeOf(household, building);
  return [await estateOf(vault, household.community), name, stair, room].filter(Boolean).join(" ");
}

/** The estate's name where the tablet holds more than one: `3栋` alone would say too little there. */
export async function estateOf(vault, community) {
  const all = await recordsOf(vault, "community");
  return all.length > 1 ? nameOf(all.find((each) => each.id === community)) : "";
}

/** In a building as one walks it: stair by stair, in each from the top floor down. */
export function walked(a, b) {
  return compare(a.data.stair ?? "", b.data.stair ?? "") || (b.data.floor ?? 0) - (a.data.floor ?? 0) || compare(a.data.room, b.data.room);
}

/** Who is named for the household: its first resident, or nobody. */
export function whoLives(household) {
  return household?.data.residents?.[0]?.name ?? say("nobody_named");
}

/** All buildings, by community and position. */
export async function buildings(vault) {
  const found = await recordsOf(vault, "building");
  return found.sort((a, b) => String(a.community).localeCompare(String(b.community)) || (a.data.position ?? 0) - (b.data.position ?? 0) || compare(a.data.code, b.data.code));
}

const collator = new Intl.Collator("en", { numeric: true });

/** Rooms and codes in the order in which people count: 9 before 10. */
export function compare(left, right) {
  return collator.compare(String(left), String(right));
}

let table = null;

async function characters() {
  if (table) return table;
  const answer = await fetch(`/field/${build}/characters.json`, { credentials: "omit" });
  const { from, to } = await answer.json();
  const target = [...to];
  table = new Map([...from].map((letter, index) => [letter, target[index]]));
  return table;
}

/** Both scripts folded into one, in small letters, without blanks. */
export function folded(text, letters) {
  const plain = text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
  return plain.replace(/[^\x00-\x7f]+/g, (run) => Array.from(run, (letter) => letters.get(letter) ?? letter).join(""));
}

/**
 * A search over all downloaded households by building, room, names and ends of phone numbers, in either script: `await
 * finder(vault)` then `find(words)`. All that can wait until something was found waits: there are twenty thousand of them.
 */
export async function finder(vault) {
  const letters = await characters();
  const known = await buildings(vault);
  const places = new Map(known.map((building) => [building.id, building]));
  const rows = await Promise.all((await vault.all("blocks", "kind", FINDING)).map((row) => current(vault, row)));
  const estates = new Map();
  for (const { community } of known) if (!estates.has(community)) estates.set(community, await estateOf(vault, community));
  const named = rows.map((row) => {
    const building = places.get(row.place);
    return { row, building, name: [estates.get(building?.community), nameOf(building)].filter(Boolean).join(" ") };
  });
  named.sort((a, b) => compare(a.name, b.name));
  const parts = named.map((each) => part(each, letters));
  return {
    size: parts.reduce((sum, each) => sum + each.lines.length, 0),
    find: (words, most = 50) => {
      const wanted = words.trim().split(/\s+/).map((each) => folded(each, letters)).filter(Boolean);
      return wanted.length ? found(parts, wanted, most, letters) : { found: [], more: false };
    },
  };
}

const BETWEEN = "\u0001";

// One building: what its households are found by, folded in one go.
function part({ row, building, name }, letters) {
  const code = building?.data.code ?? "";
  const lines = inOrder(row.body.lines);
  const texts = folded(lines.map(([, room, stair, who]) => `${stair}|${room}|${who}|${code}-${room}`).join(BETWEEN), letters).split(BETWEEN);
  return { name, lines, texts, whole: building ? folded(`${building.data.name?.zh_Hans ?? ""}|${code}`, letters) : "" };
}

function inOrder(lines) {
  const numbers = new Map(lines.map((each) => [each, /^[0-9]+$/.test(each[1]) ? Number(each[1]) : NaN]));
  return [...lines].sort((a, b) => {
    const apart = numbers.get(a) - numbers.get(b);
    return Number.isNaN(apart) ? compare(a[1], b[1]) : apart;
  });
}

function found(parts, wanted, most, letters) {
  const hits = [];
  let more = false;
  for (const { name, lines, texts, whole } of parts) {
    const open = wanted.filter((each) => !whole.includes(each));
    for (let at = 0; at < lines.length && !more; at += 1) {
      const [id, room, stair, who, tails = ""] = lines[at];
      if (!open.every((each) => texts[at].includes(each) || tails.split(" ").includes(each))) continue;
      if (hits.length === most) more = true;
      else hits.push({ id, where: [name, stair && say("stair", { stair }), roomWords(room)].filter(Boolean).join(" "), who, room: folded(room, letters) });
    }
    if (more) break;
  }
  // A room called exactly so comes first.
  if (!more) hits.sort((a, b) => Number(wanted.includes(b.room)) - Number(wanted.includes(a.room)));
  return { found: hits, more };
}

/** A slim row as it is made today; one from before numbers were searched is made anew. */
async function current(vault, row) {
  if (row.body.lines.every((parts) => parts.length === 5)) return row;
  const whole = await vault.row("blocks", `household|${row.place}`);
  return whole ? findingRow(whole) : row;
}
