// The desk's few habits: htmx carries the CSRF token, a swap keeps the focus, errors of htmx are told in words.
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
