// Quiet hours as a household said them, `12:30-14:30, 21:00-8:00`, drawn as a day.

import { clone } from "./dom.js";
import { clock, say } from "./words.js";

const DAY = 24 * 60;
const WIDTH = 328;

/** The spans in minutes of the day, one over midnight as two. */
export function parseHours(text) {
  const found = [];
  for (const match of text.normalize("NFKC").matchAll(/(\d{1,2})(?::(\d{2}))?\s*(?:[-–—~至到]|to)+\s*(\d{1,2})(?::(\d{2}))?/g)) {
    const [from, to] = [minutes(match[1], match[2]), minutes(match[3], match[4])];
    if (from === null || to === null || from === to) continue;
    if (from < to) found.push([from, to]);
    else found.push([from, DAY], [0, to]);
  }
  return found.sort((a, b) => a[0] - b[0]);
}

function minutes(hour, minute = "0") {
  const value = Number(hour) * 60 + Number(minute);
  return value <= DAY ? value : null;
}

function nowMinutes() {
  const [hour, minute] = clock(Date.now()).split(":").map(Number);
  return hour * 60 + minute;
}

export function quietNow(spans, now = nowMinutes()) {
  return spans.some(([from, to]) => from <= now && now < to);
}

/** The day as a bar, the quiet spans dark, a mark at now. */
export function hoursDrawing(spans) {
  const now = nowMinutes();
  const drawing = clone("hours");
  const x = (value) => ((value / DAY) * WIDTH).toFixed(1);
  for (const [from, to] of spans) {
    drawing.querySelector(".day").after(shape("rect", { class: "hush", x: x(from), y: 20, width: x(to - from), height: 16 }));
    // Two numbers that stand close make room for one another.
    const aside = x(to) - x(from) < 60 ? 10 : 0;
    if (from > 0) drawing.append(text(Number(x(from)) - aside, from));
    if (to < DAY) drawing.append(text(Number(x(to)) + aside, to));
  }
  drawing.querySelector(".now").setAttribute("d", `M${x(now)} 15v26`);
  drawing.querySelector(".dot").setAttribute("cx", x(now));
  const words = say(quietNow(spans, now) ? "now_quiet" : "now_open", { time: clock(Date.now()) });
  const label = drawing.querySelector(".nowtext");
  const left = now < DAY / 2;
  label.setAttribute("x", left ? Number(x(now)) + 8 : Number(x(now)) - 8);
  label.setAttribute("text-anchor", left ? "start" : "end");
  label.textContent = words;
  drawing.setAttribute("aria-label", words);
  return drawing;
}

function text(x, value) {
  const element = shape("text", { x, y: 54, "text-anchor": "middle" });
  element.textContent = value % 60 ? `${Math.floor(value / 60)}:${String(value % 60).padStart(2, "0")}` : String(value / 60);
  return element;
}

function shape(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
