// Who works here and with which token: what enrolment answered, sealed under `meta`. The token stands in no other place.

import { uncovered } from "./backup.js";
import { bytesOf } from "./facts.js";
import { records, unsent } from "./outbox.js";
import { admit, dismiss, person, renewed, takeBack } from "./people.js";
import { asked } from "./transport.js";
import { destroyVault, openVault } from "./vault.js";

/** `{device_id, token, user, offices, keys, device_name}` or undefined before the enrolment. */
export async function session(vault) {
  return vault.recall("session");
}

/** Ask the office: what it answers to login and password. `known`: the session that is open here, the same person keeps the device. */
export async function signIn({ login, password, code, device_name }, { device, token = null } = {}) {
  const question = { login, password, device_name };
  if (code) question.code = code;
  if (device) question.device_id = device;
  const { device_id, token: fresh, user, offices, keys } = (await asked("/sync/devices", { method: "POST", json: question, token })).body;
  return { device_id, token: fresh, user, offices, keys, device_name };
}

/** Make or find the place of who has just signed in. Returns the data key; a person who was here before gets theirs back from the office. */
export async function settle(fresh, pin, { login, password, code }) {
  const { id } = fresh.user;
  const known = await person(id);
  if (!known) return admit({ id, device: fresh.device_id, name: fresh.user.name, pin, recovery: fresh.keys.recovery });
  return takeBack(id, await givenBack(known.escrow, { login, password, code }), pin, (key) => opens(id, key));
}

/** The bytes of the data key that lies in `sealed`; the office opens it for its own person only. Throws as `asked`. */
export async function givenBack(sealed, { login, password, code }) {
  const question = { login, password, sealed };
  if (code) question.code = code;
  const answer = await asked("/sync/recovery", { method: "POST", json: question });
  return bytesOf(answer.body.key);
}

// Rejects where the key is not that of the person's store.
async function opens(id, key) {
  const vault = await openVault(id, key);
  try {
    await session(vault);
  } finally {
    vault.close();
  }
}

/** Keep what the office answered. */
export async function keepSession(vault, fresh) {
  await vault.remember("session", fresh);
  await renewed(fresh.user.id, fresh.device_id);
}

/** A revoked device: what was downloaded goes, what was written stays. */
export async function forgetDownloads(vault) {
  await vault.write([{ store: "blocks", clear: true }, { store: "meta", remove: "pull" }]);
}

/** Sign out: refused while something is neither sent nor in a backup file; says how much. `sure`: also where only the file has it. */
export async function leave(vault, sure = false) {
  const mine = await session(vault);
  const left = await uncovered(vault, mine.user.id);
  if (left.records || left.drafts || (left.all && !sure)) return left;
  await destroyVault(mine.user.id, vault);
  await dismiss(mine.user.id);
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
