// The outbox: every record with its state, its next try and what the office says; and this tablet itself.

import { recordOf, recordsOf } from "../blocks.js";
import { address, clone, fill, icon, listed, slot, to } from "../dom.js";
import { draftsOf } from "../drafts.js";
import { whereIs } from "../households.js";
import { keptOffline } from "../install.js";
import { forgetEverywhere } from "../lock.js";
import { OVER, records, unsent } from "../outbox.js";
import { leave, session } from "../session.js";
import { officeWords } from "../status.js";
import { bindBackup } from "./backup.js";
import { coalesced, comments, draftAddress } from "./today.js";
import { COMMA, label, problemWords, say, when } from "../words.js";

const ATTENTION = ["conflict", "quarantined"];
const LOOK = {
  draft: ["is-draft", "pen"], ready: ["is-unsent", "up"], sending: ["is-unsent", "up"], waiting: ["is-unsent", "wait"], partial: ["is-unsent", "camera"],
  conflict: ["is-problem", "late"], quarantined: ["is-problem", "late"], sent: ["is-done", "check"], settled: ["is-done", "check"],
};

export async function start(app) {
  const draw = () => show(app).catch(console.error);
  app.stop.push(app.vault.watch(["outbox", "drafts", "blocks", "meta"], coalesced(draw, 200)));
  document.addEventListener("linli:offline-ready", draw, { once: true });
  await show(app);
  slot(document, "send").addEventListener("click", () => send(app));
  sure = false;
  slot(document, "leave").addEventListener("click", () => signOut(app));
  bindBackup(app);
}

async function send(app) {
  const button = slot(document, "send");
  button.disabled = true;
  app.sync.notBefore = 0;
  const hindered = await app.sync.now({ everything: true });
  button.disabled = false;
  fill(document, { promise: hindered ? say(`hindered_${known(hindered)}`) : say("all_tried") });
}

function known(reason) {
  return ["no_answer", "sign_in", "revoked", "elsewhere"].includes(reason) ? reason : "other";
}

async function show(app) {
  const { vault } = app;
  const mine = await session(vault);
  const [rows, drafts, sync, server, pull] = [await records(vault, mine.user.id), await draftsOf(vault, mine.user.id), await vault.recall("sync"), await vault.recall("server"), await vault.recall("pull")];
  const open = rows.filter(unsent);
  headline(open);
  await facts(vault, mine, { sync, server, pull, drafts });
  const bad = (row) => ATTENTION.includes(row.status) || row.body.too_large;
  listed(document, "attention", await Promise.all(open.filter(bad).map((row) => recordLine(vault, row))));
  listed(document, "going", await Promise.all(open.filter((row) => !bad(row)).map((row) => recordLine(vault, row))));
  listed(document, "sent", await Promise.all(rows.filter((row) => OVER.includes(row.status)).reverse().slice(0, 100).map((row) => recordLine(vault, row))));
  const begun = await Promise.all(drafts.map((head) => draftLine(vault, head)));
  slot(document, "drafts-section-list").replaceChildren(...begun);
  fill(document, { "drafts-section": begun.length > 0, "drafts-section-count": begun.length ? String(begun.length) : "" });
}

function headline(open) {
  const title = open.length ? say("not_arrived", { n: open.length }) : say("all_arrived");
  slot(document, "headline").textContent = title;
  document.title = `${title} · ${say("linli")}`;
  fill(document, { promise: open.length ? say("oldest_and_safe", { time: when(open[0].recorded_at) }) : say("nothing_waits") });
}

async function facts(vault, mine, { sync, server, pull, drafts }) {
  const estimate = await navigator.storage?.estimate?.().catch(() => null);
  const persisted = await vault.recall("persisted");
  const free = estimate?.quota ? `${((estimate.quota - estimate.usage) / 1e9).toFixed(1)} GB` : "—";
  const seconds = Math.round(Math.abs(server?.clock?.offset_ms ?? 0) / 1000);
  const finding = (await vault.all("blocks", "kind", "finding")).reduce((sum, row) => sum + row.body.lines.length, 0);
  fill(document, {
    "next-try": sync?.next_at ? when(sync.next_at) : say("within_half_a_minute"),
    storage: say(persisted ? "storage_kept" : "storage_free", { free }),
    clock: server?.clock ? say(seconds < 60 ? "clock_right" : "clock_off", { seconds, minutes: Math.round(seconds / 60) }) : "—",
    drafts: drafts.length ? say("drafts_count", { n: drafts.length }) : say("none"),
    who: `${mine.user.name} (${mine.device_name})`,
    pulled: pull?.at ? when(pull.at) : say("never"),
    households: String(finding),
    offline: say(keptOffline() ? "yes_offline" : "not_offline"),
  });
}

async function recordLine(vault, row) {
  const [look, sign] = LOOK[row.status];
  const household = await recordOf(vault, row.body.household);
  const own = await recordOf(vault, row.id);
  const line = clone("record", {
    what: await whereIs(vault, household),
    when: [say(`kind_${row.kind}`), row.body.outcome && row.body.outcome !== "met" ? label("outcome", row.body.outcome) : "", when(row.recorded_at)].filter(Boolean).join(COMMA),
    state: OVER.includes(row.status) ? "" : say(`state_${row.body.too_large ? "too_large" : row.status}`),
    why: why(row),
    side: side(row, own),
    sign: (use) => use.setAttribute("href", `#i-${sign}`),
  });
  line.classList.add(look);
  line.classList.toggle("record--slim", OVER.includes(row.status));
  const more = moreOf(row, own);
  if (more) {
    slot(line, "more").replaceChildren(more);
    slot(line, "more").hidden = false;
  }
  return line;
}

function why(row) {
  const { receipt, decision, missing, reason } = row.body;
  if (row.body.replaced_by) return say("replaced");
  if (row.status === "settled") return say("settled_by", { by: decision?.by ?? "", reason: decision?.reason ?? "" });
  if (row.status === "sent") return say("receipt", { code: `${receipt.sha256.slice(0, 4)}-${receipt.sha256.slice(4, 8)}`.toUpperCase(), time: when(receipt.received_at) });
  if (row.status === "partial") return say(reason === "photo_lost" ? "photo_lost" : "photos_to_go", { n: missing.length, all: row.body.attachments.length });
  if (reason && row.status === "ready") return say(`reason_${["too_large", "unreadable", "unclear"].includes(reason) ? reason : "later"}`);
  return say(`why_${row.status}`);
}

function side(row, own) {
  // A correction has no state of its own: the record that it corrects has.
  if (OVER.includes(row.status)) return officeWords(own) ? say("office_says", { status: officeWords(own) }) : "";
  return row.next_at > new Date().toISOString() ? say("next_at", { time: when(row.next_at) }) : "";
}

function moreOf(row, own) {
  if (!ATTENTION.includes(row.status) && !row.body.too_large) return null;
  const box = clone("reason", { kept: row.body.too_large ? say("too_large_kept") : true });
  const reasons = (row.body.problems ?? []).map((problem) => Object.assign(document.createElement("li"), { textContent: reasonOf(problem) }));
  slot(box, "reasons").replaceChildren(...reasons);
  const correct = slot(box, "correct");
  if (row.status === "quarantined") correct.href = address("visit", { id: row.body.household, correct: row.id });
  else correct.hidden = true;
  for (const said of comments(own)) slot(box, "reasons").append(Object.assign(document.createElement("li"), { textContent: said.text }));
  return box;
}

// A problem in words: what, and where both sides differ, what each says.
function reasonOf({ code, params = {} }) {
  if ("mine" in params && "theirs" in params) return say("conflict_line", { mine: String(params.mine ?? "—"), theirs: String(params.theirs ?? "—"), by: params.by ?? "" });
  return problemWords(code, params);
}

async function draftLine(vault, head) {
  const line = clone("record", {
    what: await whereIs(vault, await recordOf(vault, head.household)),
    when: [say(`kind_${head.kind}`), when(head.changed_at)].join(COMMA),
    state: head.body?.step ? say("draft_at", { step: head.body.step }) : say("state_draft"),
    why: "",
    sign: (use) => use.setAttribute("href", "#i-pen"),
  });
  line.classList.add("is-draft");
  const go = document.createElement("a");
  go.className = "button";
  to(draftAddress(head), say("go_on"))(go);
  slot(line, "side").replaceChildren(go);
  return line;
}

let sure = false;

async function signOut(app) {
  const left = await leave(app.vault, sure);
  if (left) {
    sure = !left.records && !left.drafts;
    const words = sure ? say("leave_saved", { n: left.all, time: when(left.saved_at) }) : say("leave_refused", { records: left.records, drafts: left.drafts });
    slot(document, "leave-words").replaceChildren(icon("late"), document.createTextNode(words));
    return;
  }
  app.sync.stop();
  forgetEverywhere();
  location.assign(address("enrol"));
}
