// A fact: twelve keys, its canonical text, its hash. From here on the text is what is kept and sent, never built again.

import { cleanText, sealFact, sha256Hex } from "./canonical.js";

const INLINE = 16 * 1024; // a signature up to this size travels in the fact

/** The row of the outbox for a finished record. `attachments`: `{sha256, size, type, role, by?, data?}`. */
export async function makeFact({ id, kind, subject, follows = null, base = null, form, occurredAt, body, attachments, clock, owner, household, campaign = null }) {
  const recordedAt = new Date().toISOString();
  const fact = {
    id,
    kind,
    subject,
    follows,
    base,
    form,
    occurred_at: occurredAt,
    recorded_at: recordedAt,
    clock: { offset_ms: clock?.offset_ms ?? 0, measured_at: clock?.measured_at ?? null },
    body: cleaned(body),
    attachments,
  };
  const { sha256, text } = await sealFact(fact);
  const bare = attachments.map(({ data, ...kept }) => ({ ...kept, inline: data !== undefined }));
  return {
    id,
    owner,
    kind,
    subject,
    status: "ready",
    recorded_at: recordedAt,
    next_at: recordedAt,
    tries: 0,
    body: { text, sha256, household, campaign, form, follows, attachments: bare, outcome: body.outcome ?? null, type: body.type ?? null },
  };
}

/** The attachment for bytes that may travel inside the fact, such as a signature. Throws RangeError beyond 16 KiB. */
export async function inlineAttachment(bytes, type, role, more = {}) {
  if (bytes.length > INLINE) throw new RangeError("too large to travel in the fact");
  return { sha256: await sha256Hex(bytes), size: bytes.length, type, role, ...more, data: base64(bytes) };
}

export function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

export function bytesOf(base64Text) {
  return Uint8Array.from(atob(base64Text), (letter) => letter.charCodeAt(0));
}

// What is kept on the tablet must be what is sent: texts are cleaned here as the canonical text will clean them.
function cleaned(value) {
  if (typeof value === "string") return cleanText(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, cleaned(each)]));
  return value;
}
