// Text size and theme as this device chose them, set before the page is painted; what the address asks for comes first.
// Runs in the head of pages that are the same for everybody (public pages, the tablet's shells); without it the links still work.
(() => {
  const root = document.documentElement;
  const address = new URLSearchParams(location.search);
  const name = (what) => `linli-${what === "size" ? "text-size" : what}`;
  const read = (what) => {
    try {
      return localStorage.getItem(name(what));
    } catch {
      return null; // a browser that keeps nothing
    }
  };
  const keep = (what, value) => {
    try {
      localStorage.setItem(name(what), value);
    } catch {
      // it holds for this page
    }
  };
  const apply = (what, value) => {
    if (what === "theme" && value === "auto") delete root.dataset.theme;
    else root.dataset[what] = value;
  };
  const told = { size: (value) => ["normal", "large", "largest"].includes(value), theme: (value) => ["auto", "light", "dark"].includes(value) };
  for (const what of ["size", "theme"]) {
    if (address.has(what) && root.dataset[what]) keep(what, root.dataset[what]);
    else if (told[what](read(what))) apply(what, read(what));
  }

  const mark = () => {
    for (const control of document.querySelectorAll("[data-look]")) {
      const { look, value } = control.dataset;
      const chosen = (root.dataset[look] ?? (look === "size" ? "normal" : "auto")) === value;
      if (control.tagName === "BUTTON") control.setAttribute("aria-pressed", String(chosen));
      else if (look === "size" && chosen) control.setAttribute("aria-current", "true");
      else control.removeAttribute("aria-current");
    }
  };
  document.addEventListener("DOMContentLoaded", mark);
  document.addEventListener("htmx:load", mark);
  document.addEventListener("click", (event) => {
    const control = event.target.closest?.("[data-look]");
    if (!control) return;
    keep(control.dataset.look, control.dataset.value);
    if (control.tagName !== "BUTTON") return; // a link leads to the address that says the same
    apply(control.dataset.look, control.dataset.value);
    mark();
  });
})();
