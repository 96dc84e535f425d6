// Who this tablet belongs to: what enrolment answered, kept under `meta`. The token stands in no other place.

import { asked } from "./transport.js";
import { destroyVault } from "./vault.js";
import { records, unsent } from "./outbox.js";
import { draftsOf } from "./drafts.js";

/** `{device_id, token, user, offices, keys, device_name}` or undefined before the enrolment. */
export async function session(vault) {
  return vault.recall("session");
}

/** Enrol, or sign in again on an enrolled tablet: the same person keeps the device, the same person's outbox goes on. */
export async function enrol(vault, { login, password, code, device_name }) {
  const known = await session(vault);
  const question = { login, password, device_name };
  if (code) question.code = code;
  if (known?.device_id) question.device_id = known.device_id;
  const token = known?.token ?? null;
  const answer = await asked("/sync/devices", { method: "POST", json: question, token });
  const { device_id, token: fresh, user, offices, keys } = answer.body;
  await vault.remember("session", { device_id, token: fresh, user, offices, keys, device_name });
  if (known && known.user.id !== user.id) await forgetDownloads(vault);
  return user;
}

/** Another person's estate, or a revoked device: what was downloaded goes, what was written stays. */
export async function forgetDownloads(vault) {
  await vault.write([{ store: "blocks", clear: true }, { store: "meta", remove: "pull" }]);
}

/** Sign out: refused while something unsent or a draft is left; says how much. */
export async function leave(vault) {
  const mine = await session(vault);
  const rows = (await vault.all("outbox")).filter(unsent);
  const drafts = mine ? await draftsOf(vault, mine.user.id) : [];
  if (rows.length || drafts.length) return { left: rows.length, drafts: drafts.length };
  await destroyVault(vault);
  return null;
}

/** How many records of this person still need the network, and since when. */
export async function backlog(vault) {
  const mine = await session(vault);
  if (!mine) return { count: 0, oldest: null, attention: 0 };
  const rows = (await records(vault, mine.user.id)).filter(unsent);
  const attention = rows.filter((row) => ["conflict", "quarantined"].includes(row.status) || row.body.too_large);
  return { count: rows.length, oldest: rows[0]?.recorded_at ?? null, attention: attention.length };
}
