// The text and the hash of a fact as the sync contract wants them: the twin of portal/domain/canonical.py,
// held to it by tests/cases/canonical.json. The text is built key by key, since JSON.stringify puts numeric keys first.

const KEY = /^[a-z][a-z0-9_]*$/;
const MAX_DEPTH = 100;
// Under the flag u a pair is one letter, so that only a lone half is of this category.
const LONE_SURROGATE = /\p{Surrogate}/gu;
// A fact travels inside a list inside an object.
const AROUND_A_FACT = 2;

/** The text with U+0000 taken away and each lone surrogate replaced by U+FFFD; nothing else is changed, no NFC. */
export function cleanText(text) {
  return text.replaceAll("\u0000", "").replace(LONE_SURROGATE, "\uFFFD");
}

/**
 * The canonical text (RFC 8785 under the contract's rules) of null, booleans, whole numbers, texts, lists and objects.
 * Texts are cleaned, members that are undefined left out. Throws TypeError for anything that no fact may hold: another
 * key than [a-z][a-z0-9_]*, a number that is not whole or beyond 2^53 - 1, more than 100 objects and lists about a value.
 */
export function canonical(value, depth = 0) {
  if (depth > MAX_DEPTH) throw new TypeError("nested too deep");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(cleanText(value));
  if (typeof value === "number") return wholeNumber(value);
  if (Array.isArray(value)) return `[${value.map((each) => canonical(each, depth + 1)).join(",")}]`;
  if (typeof value === "object") return `{${members(value, depth).join(",")}}`;
  throw new TypeError(`a ${typeof value} has no place in a fact`);
}

/** The text that a fact's hash is taken over: without its own `sha256` and the `data` of each attachment. */
export function factText(fact) {
  const { sha256, ...bare } = fact;
  if (Array.isArray(bare.attachments)) bare.attachments = bare.attachments.map(withoutData);
  return canonical(bare, AROUND_A_FACT);
}

/** The hash that the fact carries in `sha256`: 64 lower-case hex digits. */
export async function factHash(fact) {
  return sha256Hex(new TextEncoder().encode(factText(fact)));
}

/** The hash of a fact, and the text of the whole fact with that hash in it: exactly this text is kept and sent. */
export async function sealFact(fact) {
  const sha256 = await factHash(fact);
  return { sha256, text: canonical({ ...fact, sha256 }, AROUND_A_FACT) };
}

/** SHA-256 of bytes (of a photo too) as hex. Needs a secure context. */
export async function sha256Hex(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function wholeNumber(value) {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is not a whole number of at most 2^53 - 1`);
  return String(value);
}

function members(value, depth) {
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  return keys.sort().map((key) => {
    if (!KEY.test(key)) throw new TypeError(`${key} is no key of a fact`);
    return `"${key}":${canonical(value[key], depth + 1)}`;
  });
}

function withoutData(attachment) {
  if (typeof attachment !== "object" || attachment === null || Array.isArray(attachment)) return attachment;
  const { data, ...kept } = attachment;
  return kept;
}
