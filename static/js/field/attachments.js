// Photos and signatures of a form: what they look like on the page, what a fact lists of them.

import { clone, slot } from "./dom.js";
import { keepPhoto, photoAddress, photoAttachment } from "./photos.js";
import { bindSignature } from "./signature.js";
import { isFull } from "./vault.js";
import { say } from "./words.js";

/** The row of a draft that holds a signature's drawing. */
export const inkPath = (hash) => `_ink/${hash}`;
/** The row of a draft that says what the office already has under a hash. */
export const listedPath = (hash) => `_listed/${hash}`;
export const STAFF_INK = "_staff_ink";

export function bindAttachments(field, view) {
  if (field.dataset.type === "signature") bindInk(field, view);
  else bindPhotos(field, view);
}

function bindInk(field, view) {
  const { path } = field.dataset;
  const kept = view.draft.value(inkPath(view.draft.value(path))) ?? view.draft.value(listedPath(view.draft.value(path)));
  bindSignature(field.querySelector("[data-signature]"), {
    role: "resident_signature",
    kept,
    keep: (attachment) => {
      const before = view.draft.value(path);
      if (before) view.draft.set(inkPath(before), undefined);
      if (attachment) view.draft.set(inkPath(attachment.sha256), attachment);
      view.set(path, attachment?.sha256);
    },
  });
}

/** The pad of the visitor, who is no field of the form: the signature travels as an attachment only. */
export function bindStaffInk(box, view, by) {
  bindSignature(box, { role: "staff_signature", by, kept: view.draft.value(STAFF_INK), keep: (attachment) => view.set(STAFF_INK, attachment ?? undefined) });
}

function bindPhotos(field, view) {
  const input = field.querySelector("[data-photos]");
  const { path } = field.dataset;
  input.addEventListener("change", async () => {
    const files = [...input.files];
    input.value = "";
    for (const file of files) await addPhoto(field, view, path, file);
  });
  for (const hash of view.draft.value(path) ?? []) showPhoto(field, view, path, hash);
}

async function addPhoto(field, view, path, file) {
  try {
    const { sha256 } = await keepPhoto(view.vault, file);
    const before = view.draft.value(path) ?? [];
    if (before.includes(sha256)) return;
    view.set(path, [...before, sha256]);
    await showPhoto(field, view, path, sha256);
  } catch (problem) {
    tellAt(field, isFull(problem) || problem.code === "storage_short" ? say("photo_no_room") : say("photo_unreadable"));
  }
}

function tellAt(field, words) {
  const error = slot(field, "error");
  error.textContent = words;
  error.hidden = false;
}

async function showPhoto(field, view, path, hash) {
  const place = slot(field, "photos");
  const address = await photoAddress(view.vault, hash);
  const figure = clone("photo", { size: address ? false : say(view.draft.value(listedPath(hash)) ? "photo_at_office" : "photo_gone") });
  if (address) {
    const image = slot(figure, "image");
    image.addEventListener("load", () => URL.revokeObjectURL(address), { once: true });
    image.alt = say("photo_n", { n: place.childElementCount + 1 });
    image.src = address;
  }
  slot(figure, "remove").addEventListener("click", () => {
    view.set(path, (view.draft.value(path) ?? []).filter((each) => each !== hash));
    figure.remove();
    field.querySelector("[data-photos]").focus();
  });
  place.append(figure);
}

/** What the fact lists: every photo and signature that its body names, in the order of the form, and the visitor's own. */
export async function attachmentsOf(view) {
  const hashes = [];
  collect(view.formDocument.steps.flatMap((step) => step.fields), view.body, hashes);
  const found = [];
  for (const hash of new Set(hashes)) {
    const attachment = view.draft.value(inkPath(hash)) ?? (await photoAttachment(view.vault, hash)) ?? view.draft.value(listedPath(hash));
    if (!attachment) throw Object.assign(new Error("attachment"), { code: "photo_gone" });
    found.push(attachment);
  }
  const own = view.draft.value(STAFF_INK);
  return own ? [...found, own] : found;
}

function collect(fields, answers, hashes) {
  for (const field of fields) {
    const value = answers?.[field.key];
    if (value === undefined || value === null) continue;
    if (field.type === "photos") hashes.push(...value);
    else if (field.type === "signature") hashes.push(value);
    else if (field.type === "group") for (const each of [value].flat()) collect(field.fields, each, hashes);
  }
}
