// Photos go by tus: by offset, resumed where they broke off, named by their hash. The proof that one arrived is the
// result of the fact that lists it, never the upload's own answer.

import "../../vendor/tus-4.3.1.min.js";
import { NoAnswer, Refusal, envelopeOf } from "./transport.js";

const CHUNK = 512 * 1024;

/** Bring one photo up. Throws NoAnswer, Refusal, or an Error with `code` `photo_lost` where the tablet no longer holds it. */
export async function upload(run, hash) {
  const photo = await run.vault.row("photos", hash);
  if (!photo) throw Object.assign(new Error("the photo is not here"), { code: "photo_lost" });
  try {
    await attempt(run, photo, photo.upload_url);
  } catch (problem) {
    // An upload that the server no longer knows begins anew.
    if (photo.upload_url && problem instanceof Refusal && [403, 404, 410].includes(problem.status)) await attempt(run, photo, null);
    else throw problem;
  }
}

function attempt(run, photo, known) {
  const { tus } = globalThis;
  const blob = new Blob([photo.body.bytes], { type: photo.body.type });
  return new Promise((resolve, reject) => {
    const going = new tus.Upload(blob, {
      endpoint: "/sync/uploads",
      uploadUrl: known ?? null,
      headers: { Authorization: `Bearer ${run.token}` },
      metadata: { sha256: photo.sha256, type: photo.body.type },
      chunkSize: CHUNK,
      retryDelays: null,
      storeFingerprintForResuming: false,
      removeFingerprintOnSuccess: false,
      // An answer without the envelope in its header comes from somebody else.
      onAfterResponse: (request, response) => {
        if (!envelopeOf(parsed(response.getHeader("Linli-Sync")))) throw new NoAnswer("no envelope");
      },
      onUploadUrlAvailable: () => run.vault.write([{ store: "photos", row: { ...photo, upload_url: pathOf(going.url) } }]).catch(() => {}),
      onProgress: (sent, whole) => run.progress?.(photo.sha256, sent, whole),
      onError: (problem) => reject(told(problem)),
      onSuccess: () => resolve(),
    });
    going.start();
  });
}

function told(problem) {
  const response = problem?.originalResponse;
  if (!response) return problem instanceof NoAnswer ? problem : new NoAnswer(String(problem?.message ?? problem));
  const retryAfter = Number.parseInt(response.getHeader("Retry-After") ?? "", 10);
  return new Refusal({ status: response.getStatus(), body: parsed(response.getBody()), retryAfter: Number.isFinite(retryAfter) ? retryAfter : null });
}

function pathOf(address) {
  return new URL(address, location.href).pathname;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
