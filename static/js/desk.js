// The desk's few habits: htmx carries the CSRF token, what was pressed waits and cannot be pressed twice, a swap keeps the
// focus, errors are told in words, "?" shows the keys.
import { typing } from "./keys.js";

const token = document.body.dataset.csrf;
const TOLD = 8000; // ms that a message stands

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = token;
});

document.addEventListener("htmx:responseError", (event) => {
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  say(page.querySelector("h1")?.textContent ?? String(event.detail.xhr.status));
});

document.addEventListener("htmx:sendError", () => say(document.body.dataset.offline));

export function say(words) {
  const toast = document.createElement("p");
  toast.className = "toast toast--late";
  toast.textContent = words;
  document.getElementById("toast")?.append(toast);
  fade(toast);
}

// A message goes by itself, but not while somebody points at it.
function fade(toast) {
  setTimeout(() => (toast.matches(":hover") ? fade(toast) : toast.remove()), TOLD);
}

document.querySelectorAll("#toast .toast").forEach(fade);

// A form that was sent waits: its button says so, and pressing again sends nothing twice. A download leaves the page where it is.
const sent = new Set();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog" || form.hasAttribute("data-download") || event.submitter?.form?.hasAttribute("data-download")) return;
  if (sent.has(form)) return void event.preventDefault();
  sent.add(form);
  wait(event.submitter ?? form.querySelector(".button[type=submit]"));
});

function wait(button) {
  if (!button?.matches(".button")) return;
  button.setAttribute("aria-busy", "true");
  button.setAttribute("aria-disabled", "true");
}

function again() {
  sent.clear();
  for (const button of document.querySelectorAll(".button[aria-busy]:not([data-specimen] *)")) {
    button.removeAttribute("aria-busy");
    button.removeAttribute("aria-disabled");
  }
}

window.addEventListener("pageshow", (event) => event.persisted && again()); // come back to by the back button
window.addEventListener("keydown", (event) => event.key === "Escape" && again()); // the reader stopped it

// What is about to be swapped is busy until it has come; what is asked for by the clock is not.
const busy = new WeakSet();

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (!detail.requestConfig.triggeringEvent || detail.target.hasAttribute("aria-busy")) return;
  busy.add(detail.xhr);
  detail.target.setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (busy.delete(detail.xhr)) detail.target.removeAttribute("aria-busy");
});

// The focus stays where it was (htmx finds it by its id); if that is no more, it goes to what came in its place.
let inside = false;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  inside = detail.target.contains(document.activeElement);
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (inside && document.activeElement === document.body) event.target.closest("[tabindex]")?.focus({ preventScroll: true });
  inside = false;
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens).showModal();
});

// Charts that do not fit begin at their newest end.
for (const plot of document.querySelectorAll(".chart__plot")) plot.scrollLeft = plot.scrollWidth;

const errors = document.querySelector(".errors:not([data-specimen] *)");
if (errors) errors.focus();

// "/" leads to the page's search field.
document.addEventListener("keydown", (event) => {
  const at = event.target;
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || (at instanceof Element && at.matches("input, textarea, select"))) return;
  const field = document.querySelector("[data-search]");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

// "?" and the button in the menu show the keys of this page: only those for which there is something to press.
const keys = document.getElementById("keys");
const PRESSES = {
  sign: "form[data-sign]", return: "[data-return], [data-return-link]", all: "[data-sign-all]", sheet: ".pick [formaction]",
  next: "a[rel=next]", prev: "a[rel=prev]", search: "[data-search]",
};
const keysButtons = document.querySelectorAll("[data-keys]");

function showKeys() {
  for (const row of keys.querySelectorAll("[data-needs]")) row.hidden = document.querySelector(PRESSES[row.dataset.needs]) === null;
  keys.showModal();
}

if (keys) {
  for (const button of keysButtons) {
    button.hidden = false;
    button.addEventListener("click", showKeys);
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || typing(event)) return;
    event.preventDefault();
    showKeys();
  });
  // The browser keeps the focus out of the page behind; this keeps it from leaving the window as well.
  keys.addEventListener("keydown", (event) => {
    if (event.key !== "Tab") return;
    event.preventDefault();
    keys.querySelector("button").focus();
  });
}

// A hint goes at once; without a script its button sends the form.
document.addEventListener("submit", (event) => {
  const hint = event.target;
  if (!(hint instanceof HTMLFormElement) || !hint.matches("[data-hint]")) return;
  event.preventDefault();
  fetch(hint.action, { method: "POST", body: new FormData(hint), redirect: "manual" }).catch(() => {});
  hint.remove();
  document.getElementById("main").focus({ preventScroll: true });
});
