// Keeps the neutral shells, forms and assets of one build; holds no name, no token, no record. Everything else passes by.
const BUILD = {{ build|tojson }};
const CACHE = `field-${BUILD}`;
const CHOICE = "field-choice";
const LANGUAGES = {{ languages|tojson }};
const ADDRESSES = {{ addresses|tojson }};
const SHELL = new RegExp(`^/field/(${LANGUAGES.join("|")})/([a-z]*|help/[a-z]+)$`);
const DATA = /^\/field\/(.*\.(json|webmanifest)$|[a-z-]+\/[0-9a-f]+\/forms\/)/;

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(sweep().then(() => self.clients.claim())));
self.addEventListener("message", (event) => {
  if (event.data?.hand) event.waitUntil(pass(event.data.hand));
  if (event.data?.ask) event.ports[0].postMessage(handed);
  if (event.data?.forget) handed = null;
  if (event.data?.switch) self.skipWaiting();
  // A page that was on its way while the worker came to life was missed by the claim above: whoever speaks is taken over.
  if (LANGUAGES.includes(event.data?.language)) event.waitUntil(choose(event.data.language).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const answer = route(event.request);
  if (answer) event.respondWith(answer);
});

// From one page to the next the key of whoever works here passes through this memory, never through a store. The page that
// comes takes it within a moment; after ten seconds it is gone.
let handed = null;
async function pass(given) {
  handed = given;
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  if (handed === given) handed = null;
}

// All or nothing: one address that fails, or leads elsewhere, and the old build goes on serving.
async function fill() {
  const cache = await caches.open(CACHE);
  const queue = [...ADDRESSES];
  const work = async () => {
    for (let address = queue.shift(); address; address = queue.shift()) await cache.put(address, await fetched(address));
  };
  try {
    await Promise.all(Array.from({ length: 6 }, work));
  } catch (problem) {
    await caches.delete(CACHE);
    throw problem;
  }
}

async function fetched(address) {
  const answer = await fetch(address, { credentials: "omit", redirect: "error", cache: "no-cache" });
  if (!answer.ok || answer.redirected || answer.type !== "basic") throw new Error(`${address}: ${answer.status}`);
  return answer;
}

async function sweep() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("field-") && name !== CACHE && name !== CHOICE).map((name) => caches.delete(name)));
}

function route(request) {
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return null;
  if (address.pathname === "/field/") return start();
  if (SHELL.test(address.pathname)) return ADDRESSES.includes(address.pathname) ? kept(address.pathname).then(asAsked) : null;
  if (address.pathname.startsWith(`/static/${BUILD}/`)) return kept(address.pathname);
  if (DATA.test(address.pathname)) return kept(address.pathname);
  return null;
}

async function kept(path) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(path, { ignoreSearch: true, ignoreVary: true });
  if (found) return found;
  const answer = await fetched(path);
  if (path.includes("/forms/")) await cache.put(path, answer.clone());
  return answer;
}

// A kept answer carries the address it was fetched from, without the query that names the record; one made here carries
// none, so the browser and htmx go by what was asked for.
function asAsked(answer) {
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers: answer.headers });
}

async function start() {
  const choice = await caches.open(CHOICE);
  const stored = await choice.match("/field/");
  const language = stored ? await stored.text() : LANGUAGES[0];
  return Response.redirect(`/field/${LANGUAGES.includes(language) ? language : LANGUAGES[0]}/`, 302);
}

async function choose(language) {
  const choice = await caches.open(CHOICE);
  await choice.put("/field/", new Response(language));
}
