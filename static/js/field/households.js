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

/** Rooms and codes in the order in which people count: 9 before 10. */
export function compare(left, right) {
  return String(left).localeCompare(String(right), "en", { numeric: true });
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
  let out = "";
  for (const letter of text.normalize("NFKC").toLowerCase()) out += letters.get(letter) ?? letter;
  return out.replace(/\s+/g, "");
}

/** A search over all downloaded households by building, room, names and ends of phone numbers, in either script: `await finder(vault)` then `find(words)`. */
export async function finder(vault) {
  const letters = await characters();
  const names = new Map((await buildings(vault)).map((building) => [building.id, building]));
  const rows = await Promise.all((await vault.all("blocks", "kind", FINDING)).map((row) => current(vault, row)));
  const estates = new Map();
  for (const { community } of names.values()) if (!estates.has(community)) estates.set(community, await estateOf(vault, community));
  const lines = rows.flatMap((row) => row.body.lines.map((parts) => line(parts, names.get(row.place), estates.get(names.get(row.place)?.community), letters)));
  lines.sort((a, b) => compare(a.where, b.where));
  return {
    size: lines.length,
    find: (words, most = 50) => {
      const parts = words.trim().split(/\s+/).map((each) => folded(each, letters)).filter(Boolean);
      if (!parts.length) return { found: [], more: false };
      const found = [];
      for (const each of lines) {
        if (!parts.every((part) => each.text.includes(part) || each.tails.includes(part))) continue;
        if (found.length === most) return { found, more: true };
        found.push(each);
      }
      // A room called exactly so comes first.
      found.sort((a, b) => Number(parts.includes(b.room)) - Number(parts.includes(a.room)));
      return { found, more: false };
    },
  };
}

/** A slim row as it is made today; one from before numbers were searched is made anew. */
async function current(vault, row) {
  if (row.body.lines.every((parts) => parts.length === 5)) return row;
  const whole = await vault.row("blocks", `household|${row.place}`);
  return whole ? findingRow(whole) : row;
}

function line([id, room, stair, who, tails = ""], building, estate, letters) {
  const both = building ? `${building.data.name?.zh_Hans ?? ""} ${building.data.code ?? ""}` : "";
  return { id, where: [estate, nameOf(building), stair && say("stair", { stair }), roomWords(room)].filter(Boolean).join(" "), who, room: folded(room, letters), text: folded(`${both}|${stair}|${room}|${who}|${building?.data.code ?? ""}-${room}`, letters), tails: tails.split(" ") };
}
