// Ids that the tablet makes: version 7 for whatever is new, version 5 for what follows from another id.

let lastTime = 0;
let counter = 0;

/**
 * A new UUID of version 7 (RFC 9562): milliseconds, then a counter of 12 bits, then chance. Ids of one page sort in the
 * order in which they were made, also within a millisecond and after the clock was set back.
 */
export function uuid7(now = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  if (now > lastTime) {
    lastTime = now;
    counter = ((bytes[6] << 8) | bytes[7]) & 0x3ff;
  } else if (++counter > 0xfff) {
    lastTime += 1;
    counter = 0;
  }
  for (let index = 0; index < 6; index += 1) bytes[index] = Math.floor(lastTime / 2 ** (8 * (5 - index))) % 256;
  bytes[6] = 0x70 | (counter >> 8);
  bytes[7] = counter & 0xff;
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return written(bytes);
}

/** The UUID of version 5 of a name under another id: the same on every machine, so that making it twice does no harm. */
export async function uuid5(namespace, name) {
  const space = namespace.replaceAll("-", "").match(/../g).map((pair) => parseInt(pair, 16));
  const text = new TextEncoder().encode(name);
  const digest = await crypto.subtle.digest("SHA-1", new Uint8Array([...space, ...text]));
  const bytes = new Uint8Array(digest).slice(0, 16);
  bytes[6] = 0x50 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return written(bytes);
}

function written(bytes) {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
