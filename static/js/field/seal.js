// Sealing: AES-GCM with 256 bits under one person's data key, a fresh random vector for every seal. What a row is called
// (its format, owner, store and key) is bound in as additional data, so that a row moved elsewhere does not open.

const VECTOR = 12;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class Cipher {
  /** `key`: an AES-GCM key that cannot be taken out; `bound`: what every row of this store belongs to. */
  constructor(key, bound) {
    this.key = key;
    this.bound = bound;
  }

  /** The bytes that are kept: the vector, then what is sealed. */
  async seal(store, key, content) {
    const iv = crypto.getRandomValues(new Uint8Array(VECTOR));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: this.label(store, key) }, this.key, packed(content));
    const whole = new Uint8Array(VECTOR + sealed.byteLength);
    whole.set(iv);
    whole.set(new Uint8Array(sealed), VECTOR);
    return whole;
  }

  /** Rejects where the bytes were changed, were sealed under another key, or lie under another name. */
  async open(store, key, whole) {
    const iv = whole.subarray(0, VECTOR);
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: this.label(store, key) }, this.key, whole.subarray(VECTOR));
    return unpacked(new Uint8Array(plain));
  }

  label(store, key) {
    return encoder.encode(JSON.stringify([this.bound, store, key]));
  }
}

// A length, a text, and behind it the bytes of a photo as they are.
function packed(content) {
  const { bytes, ...body } = content.body?.bytes instanceof Uint8Array ? content.body : { bytes: null };
  const text = encoder.encode(JSON.stringify(bytes ? { ...content, body } : content));
  const whole = new Uint8Array(4 + text.length + (bytes?.length ?? 0));
  new DataView(whole.buffer).setUint32(0, text.length + (bytes ? 2 ** 31 : 0));
  whole.set(text, 4);
  if (bytes) whole.set(bytes, 4 + text.length);
  return whole;
}

function unpacked(whole) {
  const head = new DataView(whole.buffer, whole.byteOffset).getUint32(0);
  const length = head % 2 ** 31;
  const content = JSON.parse(decoder.decode(whole.subarray(4, 4 + length)));
  if (head !== length) content.body.bytes = whole.slice(4 + length);
  return content;
}
