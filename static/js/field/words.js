// The words of the page's language: one catalogue from the server, fetched once a page. Dates as readers write them.

const root = document.documentElement;
export const language = root.dataset.language;
export const build = root.dataset.build;

/** What stands between the parts of a line. */
export const COMMA = language === "en" ? ", " : "，";
export const SEMICOLON = language === "en" ? "; " : "；";

let catalogue = { say: {}, labels: {}, problems: {}, forms: {}, current: {} };

/** Load the catalogue; the worker holds it, so that it is there without a network. */
export async function loadWords() {
  const answer = await fetch(`/field/${language}/${build}/words.json`, { credentials: "omit" });
  catalogue = await answer.json();
}

/** The sentence for a key, with `{name}` filled in. An unknown key shows itself, and a test sees it. */
export function say(key, params = {}) {
  return filled(catalogue.say[key] ?? key, params);
}

/** The word for a code of a group; a dash for none. */
export function label(group, code) {
  if (code === null || code === undefined || code === "") return "—";
  return catalogue.labels[group]?.[code] ?? String(code);
}

/** What a coded problem means, for the person who is to mend it. */
export function problemWords(code, params = {}) {
  const sentence = catalogue.problems[code] ?? catalogue.problems.unknown ?? code;
  return sentence.replace(/%\((\w+)\)s/g, (whole, name) => String(params[name] ?? ""));
}

/** The hash under which a form's document, shell and fragments lie. */
export function formHash(name) {
  return catalogue.forms[name];
}

/** The newest version of a form, as facts name it: `visit@1`. */
export function currentForm(form) {
  return catalogue.current[form];
}

/** The half of a pair that this reader reads. */
export function inScript(pair, fallback = "") {
  if (typeof pair === "string") return pair;
  if (!pair) return fallback;
  return (language === "zh-hant" ? pair.zh_Hant : pair.zh_Hans) ?? pair.zh_Hans ?? fallback;
}

let zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The office's time zone, in which all days and times are shown. */
export function setZone(name) {
  if (name) zone = name;
}

const LOCALES = { "zh-hans": "zh-CN", "zh-hant": "zh-TW", en: "en-GB" };
const locale = LOCALES[language];
const shapes = new Map();

function shaped(options, value) {
  const key = JSON.stringify(options) + zone;
  if (!shapes.has(key)) shapes.set(key, new Intl.DateTimeFormat(locale, { timeZone: zone, ...options }));
  return shapes.get(key).format(value);
}

/** A calendar day `2026-03-05` of the office for a moment. */
export function dayOf(moment = new Date()) {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" });
  return parts.format(moment);
}

/** 11月20日; the year only where it is not this one. */
export function day(value) {
  if (!value) return "—";
  const moment = typeof value === "string" && value.length === 10 ? new Date(`${value}T12:00:00Z`) : new Date(value);
  const options = { month: "long", day: "numeric" };
  if (dayOf(moment).slice(0, 4) !== dayOf().slice(0, 4)) options.year = "numeric";
  if (typeof value === "string" && value.length === 10) options.timeZone = "UTC";
  return shaped(options, moment);
}

export function weekday(moment = new Date()) {
  return shaped({ weekday: "long" }, moment);
}

/** 10:41, with seconds where asked. */
export function clock(value, seconds = false) {
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (seconds) options.second = "2-digit";
  return shaped(options, new Date(value));
}

/** Today only the time, else the day as well. */
export function when(value) {
  if (!value) return "—";
  const moment = new Date(value);
  return dayOf(moment) === dayOf() ? clock(moment) : `${day(moment)} ${clock(moment)}`;
}

/** A calendar day some months later; the last of the month where it has no such day. */
export function monthsAfter(date, months) {
  const [year, month, day_] = date.split("-").map(Number);
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day_, last))).toISOString().slice(0, 10);
}

/** A calendar day some days later. */
export function daysAfter(date, days) {
  return new Date(Date.parse(`${date}T00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Whole days from one calendar day to another. */
export function daysBetween(from, to) {
  return Math.round((Date.parse(`${to}T00:00Z`) - Date.parse(`${from}T00:00Z`)) / 86_400_000);
}

function filled(sentence, params) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => String(params[name] ?? ""));
}
