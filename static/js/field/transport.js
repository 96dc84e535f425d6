// One call to the server. An answer without the envelope of the sync contract is no answer: a captive portal, a proxy's
// error page, a login page all look like that.

const TIMEOUT = 45_000;
const PORTAL = "linli-sync";

/** Nobody answered who knows the contract; nothing may be concluded from it. */
export class NoAnswer extends Error {}

/** The server answered with a refusal. `code` and `params` as it said. */
export class Refusal extends Error {
  constructor(answer) {
    super(answer.body?.error?.code ?? String(answer.status));
    this.status = answer.status;
    this.code = answer.body?.error?.code ?? null;
    this.params = answer.body?.error?.params ?? {};
    this.retryAfter = answer.retryAfter;
  }
}

let takesGzip = false;

/** `{status, body, envelope, retryAfter}` of an answer of the portal. Throws NoAnswer. */
export async function call(path, { method = "GET", token = null, json, text, keepalive = false } = {}) {
  const { body, headers } = await packed(text ?? (json === undefined ? undefined : JSON.stringify(json)), keepalive);
  if (token) headers.Authorization = `Bearer ${token}`;
  const sentAt = Date.now();
  let response;
  let answer;
  try {
    const signal = AbortSignal.timeout ? AbortSignal.timeout(TIMEOUT) : undefined;
    response = await fetch(path, { method, headers, body, keepalive, signal, credentials: "omit", cache: "no-store", redirect: "error" });
    answer = await response.text();
  } catch (problem) {
    throw new NoAnswer(String(problem?.message ?? problem));
  }
  const said = parsed(answer);
  const envelope = envelopeOf(said) ?? envelopeOf(parsed(response.headers.get("Linli-Sync")));
  if (!envelope) throw new NoAnswer("no envelope");
  if (/\bgzip\b/.test(response.headers.get("Accept-Encoding") ?? "")) takesGzip = true;
  const clock = measured(envelope.server_time, sentAt, Date.now());
  return { status: response.status, body: said, envelope, clock, retryAfter: seconds(response.headers.get("Retry-After")) };
}

/** Like `call`, but a status of 400 and more throws Refusal. */
export async function asked(path, options) {
  const answer = await call(path, options);
  if (answer.status >= 400) throw new Refusal(answer);
  return answer;
}

/** The envelope in what was said, or null. */
export function envelopeOf(said) {
  const right = said && said.portal === PORTAL && said.version === 1 && typeof said.server_time === "string" && typeof said.epoch === "string";
  return right ? { server_time: said.server_time, epoch: said.epoch, high: said.high ?? null, device: said.device ?? null } : null;
}

function measured(serverTime, sentAt, receivedAt) {
  const offset = Date.parse(serverTime) - Math.round((sentAt + receivedAt) / 2);
  return { offset_ms: Number.isSafeInteger(offset) ? offset : 0, measured_at: new Date(receivedAt).toISOString() };
}

function parsed(text) {
  try {
    const said = JSON.parse(text);
    return said && typeof said === "object" ? said : null;
  } catch {
    return null;
  }
}

function seconds(header) {
  const number = Number.parseInt(header ?? "", 10);
  return Number.isFinite(number) && number >= 0 ? number : null;
}

async function packed(text, keepalive) {
  if (text === undefined) return { body: undefined, headers: {} };
  const headers = { "Content-Type": "application/json" };
  if (!takesGzip || keepalive || text.length < 2000 || typeof CompressionStream === "undefined") return { body: text, headers };
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return { body: await new Response(stream).blob(), headers: { ...headers, "Content-Encoding": "gzip" } };
}
