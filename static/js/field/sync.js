// When: at the start, when the network comes back, when the page is seen again, after each save, every thirty seconds,
// and on "send now". One tab at a time. What is sent and taken stands in sending.js and pull.js.

import { afterNewEpoch, backoff, records, recover, sweep, unsent } from "./outbox.js";
import { pullAll } from "./pull.js";
import { sendAll } from "./sending.js";
import { forgetDownloads, session } from "./session.js";
import { NoAnswer, Refusal } from "./transport.js";

const EVERY = 30_000;
const LOCK = "linli-sync";

export class Sync {
  /** `old`: what is left of the clear store of earlier versions, or null. */
  constructor(vault, old = null) {
    this.vault = vault;
    this.old = old;
    this.stopped = false;
    this.running = null;
    this.again = null;
    this.tries = 0;
    this.notBefore = 0;
    this.held = false;
    this.progress = new EventTarget();
  }

  async start() {
    await recover(this.vault).catch(() => {});
    const before = await this.vault.recall("sync");
    if (before?.held) this.hold(before.next_at);
    setInterval(() => this.soon(), EVERY);
    addEventListener("online", () => this.back());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.soon());
    this.vault.watch(["outbox"], () => this.wake());
    navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("outbox")).catch(() => {});
    this.soon();
  }

  /** The network is back: the wait of earlier failures ends, spread over two seconds so that not all tablets come at once. */
  back() {
    if (!this.held) this.notBefore = 0;
    this.tries = 0;
    setTimeout(() => this.soon({ everything: true }), Math.random() * 2000);
  }

  /** No further round begins: the vault is being locked, or somebody else works here now. */
  stop() {
    this.stopped = true;
  }

  /** The server asked to be left alone until then; "send now" is the person's own decision. */
  hold(until) {
    this.held = true;
    this.notBefore = Date.parse(until);
  }

  /** A save: try at once, unless the server asked to be left alone. */
  wake() {
    clearTimeout(this.waking);
    this.waking = setTimeout(() => this.soon({ pull: false }), 150);
  }

  /** A round where none is held back; nothing is thrown. */
  async soon(options = {}) {
    if (this.stopped || Date.now() < this.notBefore) return null;
    return this.now(options);
  }

  /** A round now; several calls meanwhile make one more. Returns what hindered it, or null. */
  async now({ everything = false, pull = true } = {}) {
    if (this.running) {
      this.again = { everything: everything || this.again?.everything, pull: pull || this.again?.pull };
      return this.running;
    }
    this.running = this.locked(() => this.round({ everything, pull }));
    try {
      return await this.running;
    } finally {
      this.running = null;
      const again = this.again;
      this.again = null;
      if (again) setTimeout(() => this.soon(again), 0);
    }
  }

  async locked(work) {
    if (!navigator.locks) return work();
    return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? work() : "elsewhere"));
  }

  async round({ everything, pull }) {
    const mine = await session(this.vault);
    if (!mine) return "not_enrolled";
    const run = this.run(mine);
    const waiting = (await run.records()).some(unsent) || (this.old && (await records(this.old, mine.user.id)).some(unsent));
    if (!waiting && !pull) return null;
    try {
      await sendAll(run, { everything });
      if (this.old) await sendAll(this.run(mine, this.old), { everything });
      if (run.device === "revoked") await this.revoked(run);
      else if (pull) await this.pull(run);
      this.tries = 0;
      this.held = false;
      await this.tell(null, null);
      await sweep(this.vault, new Date().toISOString());
      return null;
    } catch (problem) {
      return this.failed(problem);
    }
  }

  async pull(run) {
    await pullAll(run);
    // What the office decided or repaired meanwhile is known from our own records: ask for the receipt at once.
    if (await this.decided(run)) await sendAll(run, { everything: true });
  }

  async decided(run) {
    const stuck = (await run.records()).filter((row) => ["conflict", "quarantined", "waiting"].includes(row.status));
    for (const row of stuck) {
      const record = (await this.vault.blockOf(row.id))?.body.records[row.id];
      if (record && record.data.state !== row.status) return true;
    }
    return false;
  }

  run(mine, vault = this.vault) {
    const run = {
      vault,
      token: mine.token,
      device: "active",
      records: () => records(vault, mine.user.id),
      write: (rows) => vault.write(rows.map((row) => ({ store: "outbox", row }))),
      progress: (hash, sent, whole) => this.progress.dispatchEvent(new CustomEvent("progress", { detail: { hash, sent, whole } })),
      heard: async (answer) => {
        run.device = answer.envelope.device ?? run.device;
        await this.heard(answer, run);
      },
    };
    return run;
  }

  /** What every answer says besides: the server's clock, its epoch, this device. */
  async heard({ envelope, clock }, run) {
    const before = await this.vault.recall("server");
    await this.vault.remember("server", { epoch: envelope.epoch, device: envelope.device, heard_at: clock.measured_at, clock });
    if (before?.epoch && before.epoch !== envelope.epoch) {
      const rows = await run.records();
      await run.write(rows.map((row) => afterNewEpoch(row, clock.measured_at)));
      this.again = { everything: true, pull: true };
    }
  }

  async revoked(run) {
    if ((await run.records()).some((row) => ["ready", "sending"].includes(row.status))) return;
    await forgetDownloads(this.vault);
    await this.tell("revoked", null);
  }

  async failed(problem) {
    if (this.stopped) return null;
    const known = problem instanceof NoAnswer || problem instanceof Refusal;
    if (!known) console.error(problem);
    const reason = problem instanceof NoAnswer ? "no_answer" : problem instanceof Refusal && problem.status === 401 ? "sign_in" : (problem.code ?? "failed");
    const held = problem instanceof Refusal && problem.retryAfter !== null;
    const wait = held ? problem.retryAfter * 1000 : backoff(this.tries);
    this.tries += 1;
    this.notBefore = Date.now() + wait;
    this.held = held;
    setTimeout(() => this.soon(), wait + 50);
    await this.tell(reason, new Date(this.notBefore).toISOString(), held);
    return reason;
  }

  async tell(problem, nextAt, held = false) {
    await this.vault.remember("sync", { problem, next_at: nextAt, held, at: new Date().toISOString() });
  }
}
