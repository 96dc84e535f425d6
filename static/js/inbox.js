// The inbox by keyboard. Every act is a form or a link of the page; this only moves the focus, picks, and presses them.
import { onKeys, sendBack, sign } from "./keys.js";

const form = document.getElementById("inbox");
const pane = document.getElementById("pane");
const rows = form ? [...form.querySelectorAll(".list__row")] : [];
let here = -1;
let shown = 0;
let timer = 0;
let slow = 0;

function stand(at, focus = true) {
  const next = rows[Math.max(0, Math.min(at, rows.length - 1))];
  if (!next) return;
  rows[here]?.classList.remove("is-here");
  const moved = rows[here] !== next;
  here = rows.indexOf(next);
  next.classList.add("is-here");
  if (focus) next.querySelector("a").focus();
  next.scrollIntoView({ block: "nearest" });
  if (moved && here !== shown) {
    clearTimeout(timer);
    timer = setTimeout(() => show(next), 120);
  }
}

// The pane follows; until it has arrived, nothing on it can be signed by key. If it takes long, its shape stands there.
function show(row) {
  const at = rows.indexOf(row);
  pane.setAttribute("aria-busy", "true");
  clearTimeout(slow);
  slow = setTimeout(() => pane.replaceChildren(document.getElementById("pane-waits").content.cloneNode(true)), 400);
  window.htmx.ajax("GET", row.dataset.pane, { target: pane, swap: "innerHTML" }).then(() => {
    if (rows.indexOf(row) === here) {
      clearTimeout(slow);
      shown = at;
      pane.removeAttribute("aria-busy");
    }
  });
}

// Where one stood is found again after signing, after reading a record, and after a reload.
const PLACE = `linli-inbox ${location.search}`;

function remembered() {
  try {
    return Number(sessionStorage.getItem(PLACE)) || 0;
  } catch {
    return 0; // a browser that keeps nothing
  }
}

function remember() {
  try {
    sessionStorage.setItem(PLACE, String(here));
  } catch {
    // the next time begins at the top
  }
}

function settled(act) {
  return () => (here === shown && !pane.hasAttribute("aria-busy") ? act(pane) : undefined);
}

function picked() {
  return rows.filter((row) => row.querySelector(".tick")?.checked);
}

function told(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function tell() {
  const some = picked();
  for (const row of rows) row.classList.toggle("is-picked", some.includes(row));
  const sum = (name) => some.reduce((total, row) => total + Number(row.dataset[name]), 0);
  const bar = form.querySelector(".pick");
  bar.hidden = some.length === 0;
  bar.querySelector("[data-count]").textContent = told(form.dataset.picked, { count: some.length });
  bar.querySelector("[data-sum]").textContent = told(form.dataset.sums, { visits: sum("visits"), opinions: sum("opinions"), exceptions: sum("exceptions") });
}

function press(selector) {
  const button = form.querySelector(selector);
  if (!button || picked().length === 0) return false;
  form.requestSubmit(button);
}

if (form) {
  form.addEventListener("change", tell);
  form.addEventListener("focusin", (event) => {
    const row = event.target.closest(".list__row");
    if (row && rows.indexOf(row) !== here) stand(rows.indexOf(row), false);
  });
  window.addEventListener("pageshow", tell);
  tell();
  stand(remembered(), false);
  window.addEventListener("pagehide", remember);
  onKeys({
    J: () => stand(here + 1), ArrowDown: () => stand(here + 1), K: () => stand(here - 1), ArrowUp: () => stand(here - 1),
    X: () => rows[here]?.querySelector(".tick")?.click(),
    Enter: () => (document.activeElement === document.body ? rows[here]?.querySelector("a").click() : false),
    S: settled(sign), R: settled(sendBack),
    "Shift+S": () => press("[data-sign-all]"), B: () => press("[formaction]"),
    Escape: () => {
      for (const row of picked()) row.querySelector(".tick").checked = false;
      tell();
    },
  });
}
