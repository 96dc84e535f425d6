// Reading and writing the controls of one field; what stands in them is the answer as the form document means it.

/** The answer that stands in a field's controls; undefined where there is none. */
export function readControl(field) {
  const { type } = field.dataset;
  if (type === "choices") return checked(field).map((each) => each.value);
  if (type === "choice" || type === "scale") return fromChoice(field);
  if ("list" in field.dataset) return [...field.querySelectorAll("select")].map((each) => each.value).filter((value, index, all) => value && all.indexOf(value) === index);
  const control = field.querySelector("[name]");
  if (!control) return undefined;
  if (type === "number") return number(control.value);
  return control.value === "" ? undefined : control.value;
}

/** Put an answer into a field's controls. */
export function writeControl(field, value) {
  const { type } = field.dataset;
  const radios = field.querySelectorAll("input[type=radio], input[type=checkbox]");
  if (radios.length) {
    const wanted = Array.isArray(value) ? value : [value];
    for (const each of radios) each.checked = wanted.includes(each.value);
    return;
  }
  if ("list" in field.dataset) {
    field.querySelectorAll("select").forEach((each, index) => setSelect(each, value?.[index] ?? ""));
    return;
  }
  const control = field.querySelector("[name]");
  if (!control) return;
  if (control.tagName === "SELECT") setSelect(control, value ?? "");
  else control.value = value === undefined || value === null ? "" : String(value);
}

/** Options of the selects that are filled from what the tablet has downloaded: `{staff: [{id, name}], …}`. */
export function fillOptions(root, lists) {
  for (const select of root.querySelectorAll("select[data-options]")) {
    const known = lists[select.dataset.options] ?? [];
    const value = select.value;
    for (const old of select.querySelectorAll("option[data-listed]")) old.remove();
    for (const { id, name } of known) {
      const option = new Option(name, id);
      option.dataset.listed = "";
      select.append(option);
    }
    setSelect(select, value);
  }
}

/** A second tap on what is chosen takes it back, in a field that may stay open; Backspace does the same. */
export function allowTakingBack(root, change) {
  let before = null;
  root.addEventListener("pointerdown", (event) => {
    const input = event.target.closest(".segments label")?.querySelector("input[type=radio]");
    before = input?.checked ? input : null;
  });
  root.addEventListener("click", (event) => {
    if (before && event.target === before) take(before, change);
    if (event.target.matches?.("input")) before = null;
  });
  root.addEventListener("keydown", (event) => {
    if (event.target.matches?.("input[type=radio]") && ["Backspace", "Delete"].includes(event.key)) take(event.target, change);
  });
}

/** The words of what is chosen, for a line that sums a field up. */
export function spoken(field) {
  const select = field.querySelector("select");
  if (select) return [...field.querySelectorAll("select")].map((each) => (each.value ? each.selectedOptions[0]?.textContent : "")).filter(Boolean).join("、");
  const radios = checked(field);
  if (radios.length) return radios.map((each) => each.closest("label").textContent.trim()).join("、");
  return field.querySelector("textarea, input:not([type=radio]):not([type=checkbox]):not([type=file])")?.value ?? "";
}

function take(input, change) {
  input.checked = false;
  change(input);
}

function checked(field) {
  return [...field.querySelectorAll("input:checked")];
}

function fromChoice(field) {
  const select = field.querySelector("select");
  return (select ? select.value : checked(field)[0]?.value) || undefined;
}

// What is no whole number stays as it is typed, so that the check can say so.
function number(text) {
  const bare = text.normalize("NFKC").trim();
  if (bare === "") return undefined;
  return /^-?(0|[1-9][0-9]{0,15})$/.test(bare) ? Number(bare) : bare;
}

// An answer whose name has not been downloaded stays chosen.
function setSelect(select, value) {
  if (value && ![...select.options].some((each) => each.value === value)) select.append(new Option("…", value));
  select.value = value;
}
