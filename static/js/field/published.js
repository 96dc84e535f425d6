// Forms by the name that facts use: the built-in ones stand in the catalogue, questionnaires made on screen were pulled.

import { recordsOf } from "./blocks.js";
import { formHash } from "./words.js";

let pulled = null;

/** The hash under which a form's document, shell and fragments lie. */
export async function hashOf(vault, name) {
  if (formHash(name)) return formHash(name);
  pulled ??= new Map((await recordsOf(vault, "form")).map(({ data }) => [`${data.form}@${data.version}`, data.hash]));
  return pulled.get(name);
}
