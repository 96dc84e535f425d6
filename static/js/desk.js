// The desk's few habits: htmx carries the CSRF token, a swap keeps the focus, errors of htmx are told in words, "?" shows the keys.
import { typing } from "./keys.js";

const token = document.body.dataset.csrf;

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = token;
});

document.addEventListener("htmx:responseError", (event) => {
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  say(page.querySelector("h1")?.textContent ?? String(event.detail.xhr.status));
});

document.addEventListener("htmx:sendError", () => say(document.body.dataset.offline ?? "…"));

export function say(words) {
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.textContent = words;
  document.getElementById("toast")?.append(toast);
  setTimeout(() => toast.remove(), 8000);
}

const errors = document.querySelector(".errors");
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
const keysButton = document.querySelector("[data-keys]");

function showKeys() {
  for (const row of keys.querySelectorAll("[data-needs]")) row.hidden = document.querySelector(PRESSES[row.dataset.needs]) === null;
  keys.showModal();
}

if (keys && keysButton) {
  keysButton.hidden = false;
  keysButton.addEventListener("click", showKeys);
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
