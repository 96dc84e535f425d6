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
