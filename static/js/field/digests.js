// The sum by which tablet and server see whether they hold the same: for each block modulo 2^128 over the last sixteen
// bytes of SHA-256 of `kind|id|n`; a community's sum is the sum of its blocks.

const MODULUS = 1n << 128n;
export const COUNTED = ["community", "building", "household"];

/** What one record adds to the sum. */
export async function weight(kind, id, n) {
  const bytes = new TextEncoder().encode(`${kind}|${id}|${n}`);
  const digest = new DataView(await crypto.subtle.digest("SHA-256", bytes));
  return (digest.getBigUint64(16) << 64n) | digest.getBigUint64(24);
}

/** The sum of many records `[kind, id, n]`. */
export async function sumOf(records) {
  const weights = await Promise.all(records.map(([kind, id, n]) => weight(kind, id, n)));
  return weights.reduce((sum, each) => (sum + each) % MODULUS, 0n);
}

/** A sum after some records have gone and others have come. */
export async function changed(sum, gone, come) {
  const less = await sumOf(gone);
  const more = await sumOf(come);
  return (sum + MODULUS - less + more) % MODULUS;
}

export function added(left, right) {
  return (left + right) % MODULUS;
}

/** 32 lower-case hex digits. */
export function hex(sum) {
  return sum.toString(16).padStart(32, "0");
}

export function fromHex(text) {
  return text ? BigInt(`0x${text}`) : 0n;
}
