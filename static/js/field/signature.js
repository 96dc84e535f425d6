// A signature: drawn with finger or pen, kept as a PNG of at most 16 KiB that travels inside the fact.

import SignaturePad from "../../vendor/signature_pad-5.1.4.min.js";
import { inlineAttachment } from "./facts.js";
import { slot } from "./dom.js";
import { say } from "./words.js";

const WIDTH = 560;
const drawing = new Set();

/** Resolves once every stroke drawn so far is kept: who taps "finish" at once has signed all the same. */
export async function settled() {
  while (drawing.size) await Promise.all(drawing);
}

/** Bind the pad of a field; `keep(attachment | null)` after each stroke, `kept` what was signed before. */
export function bindSignature(box, { role, by, kept, keep }) {
  const canvas = slot(box, "pad");
  const ink = slot(box, "ink");
  const hint = slot(box, "hint");
  const ask = hint.textContent;
  const pad = new SignaturePad(canvas, { minWidth: 0.8, maxWidth: 2.4, penColor: "#1d2321" });
  const show = (attachment) => {
    ink.hidden = !attachment?.data;
    canvas.hidden = Boolean(attachment);
    hint.hidden = Boolean(attachment?.data);
    hint.textContent = attachment ? say("signed_earlier") : ask;
    if (attachment?.data) ink.src = `data:${attachment.type};base64,${attachment.data}`;
  };
  pad.addEventListener("beginStroke", () => (hint.hidden = true));
  pad.addEventListener("endStroke", () => {
    const work = drawn(canvas, role, by).then(keep).finally(() => drawing.delete(work));
    drawing.add(work);
  });
  slot(box, "clear").addEventListener("click", () => {
    pad.clear();
    show(null);
    fit(canvas, pad);
    keep(null);
  });
  show(kept ?? null);
  new ResizeObserver(() => fit(canvas, pad)).observe(slot(box, "pad").parentElement);
  return { show };
}

// The canvas has as many points as it has on the screen; a changed size would clear it, so strokes are drawn again.
function fit(canvas, pad) {
  const { width, height } = canvas.getBoundingClientRect();
  const ratio = Math.max(1, devicePixelRatio || 1);
  if (!width || canvas.width === Math.round(width * ratio)) return;
  const strokes = pad.toData();
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.getContext("2d").scale(ratio, ratio);
  pad.fromData(strokes);
}

/** The drawing as an attachment; made smaller until it fits. */
async function drawn(canvas, role, by) {
  for (const width of [WIDTH, 420, 300, 200]) {
    const bytes = await png(canvas, Math.min(width, canvas.width));
    if (bytes.length <= 16 * 1024) return inlineAttachment(bytes, "image/png", role, by ? { by } : {});
  }
  throw new RangeError("signature");
}

async function png(canvas, width) {
  const small = document.createElement("canvas");
  small.width = width;
  small.height = Math.round((canvas.height * width) / canvas.width);
  const context = small.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(canvas, 0, 0, small.width, small.height);
  const blob = await new Promise((resolve) => small.toBlob(resolve, "image/png"));
  return new Uint8Array(await blob.arrayBuffer());
}

