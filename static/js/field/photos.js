// Photos: made small on the tablet, named by the hash of their bytes, kept until a receipt covers them.

import { sha256Hex } from "./canonical.js";

const EDGE = 1600;
const GOAL = 300 * 1024;
const LEAST_FREE = 30 * 1024 * 1024;
const TAKEN = ["image/jpeg", "image/png", "image/webp"];

/** Take a file in; returns its attachment `{sha256, size, type, role}`. Throws an Error with `code` `storage_short` or `not_a_photo`. */
export async function keepPhoto(vault, file) {
  await refuseWhereShort();
  const { bytes, type } = await small(file);
  const sha256 = await sha256Hex(bytes);
  if (!(await vault.row("photos", sha256))) {
    await vault.write([{ store: "photos", row: { sha256, at: new Date().toISOString(), size: bytes.length, body: { bytes, type } } }]);
  }
  return { sha256, size: bytes.length, type, role: "photo" };
}

/** The attachment of a photo that is kept already. */
export async function photoAttachment(vault, sha256) {
  const row = await vault.row("photos", sha256);
  return row ? { sha256, size: row.size, type: row.body.type, role: "photo" } : null;
}

/** An address for `<img>`; the caller gives it back with `URL.revokeObjectURL`. */
export async function photoAddress(vault, sha256) {
  const row = await vault.row("photos", sha256);
  return row ? URL.createObjectURL(new Blob([row.body.bytes], { type: row.body.type })) : null;
}

// Short storage refuses new photos, never text.
async function refuseWhereShort() {
  const estimate = await navigator.storage?.estimate?.().catch(() => null);
  if (estimate?.quota && estimate.quota - estimate.usage < LEAST_FREE) throw Object.assign(new Error("storage"), { code: "storage_short" });
}

async function small(file) {
  const drawn = await drawing(file);
  if (!drawn) {
    if (!TAKEN.includes(file.type)) throw Object.assign(new Error("type"), { code: "not_a_photo" });
    return { bytes: new Uint8Array(await file.arrayBuffer()), type: file.type };
  }
  for (const [edge, quality] of [[EDGE, 0.82], [EDGE, 0.65], [1200, 0.65], [1000, 0.5], [800, 0.4]]) {
    const blob = await drawnAs(drawn, edge, quality);
    if (blob && (blob.size <= GOAL || edge === 800)) {
      drawn.close?.();
      return { bytes: new Uint8Array(await blob.arrayBuffer()), type: "image/jpeg" };
    }
  }
  throw Object.assign(new Error("type"), { code: "not_a_photo" });
}

async function drawing(file) {
  if (typeof createImageBitmap === "undefined") return null;
  return createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
}

function drawnAs(image, edge, quality) {
  const scale = Math.min(1, edge / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
}
