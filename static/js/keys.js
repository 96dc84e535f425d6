// What keys may do on a page: never while somebody types, never with Ctrl, Alt or Meta, never inside an open dialog.
export function typing(event) {
  const at = event.target;
  return event.ctrlKey || event.altKey || event.metaKey || event.isComposing || document.querySelector("dialog[open]") !== null ||
    (at instanceof Element && at.matches("input:not([type=checkbox]), textarea, select, [contenteditable]"));
}

export function onKeys(acts) {
  document.addEventListener("keydown", (event) => {
    if (typing(event)) return;
    const name = event.shiftKey && event.key.length === 1 && event.key.toLowerCase() !== event.key.toUpperCase() ? `Shift+${event.key.toUpperCase()}` : event.key.length === 1 ? event.key.toUpperCase() : event.key;
    const act = acts[name];
    if (act && act(event) !== false) event.preventDefault();
  });
}

// Signs what is shown, or opens the way to return it and puts the caret there.
export function sign(root) {
  const form = root.querySelector("form[data-sign]");
  if (!form) return false;
  form.requestSubmit();
}

export function sendBack(root) {
  const link = root.querySelector("[data-return-link]");
  if (link) return void link.click();
  const details = root.querySelector("details[data-return]");
  if (!details) return false;
  details.open = true;
  details.querySelector("textarea").focus();
}
