// Drafts: one row for each field, on durable storage within a second of the last key, read back. Keyed by household, form
// and the draft's own id, so that two drafts never bleed into one another. The id becomes the fact's.

import { uuid7 } from "./ids.js";

const PACE = 250; // milliseconds from the first unsaved key to the write

export class Draft extends EventTarget {
  constructor(vault, head, rows) {
    super();
    this.vault = vault;
    this.head = head;
    this.rows = new Map(rows);
    this.pending = new Set();
    this.timer = null;
    this.writing = null;
    this.closed = false;
  }

  get id() {
    return this.head.id;
  }

  value(path) {
    return this.rows.get(path);
  }

  /** Keep a field's answer; undefined, null and '' take it away. */
  set(path, value) {
    if (this.closed) return;
    if (value === undefined || value === null || value === "") this.rows.delete(path);
    else this.rows.set(path, value);
    this.pending.add(path);
    this.timer ??= setTimeout(() => this.flush().catch(() => {}), PACE);
  }

  /** Take away a member of a repeated group with all its fields. */
  drop(prefix) {
    for (const path of [...this.rows.keys()]) if (path === prefix || path.startsWith(`${prefix}/`)) this.set(path, undefined);
  }

  /** Remember beside the answers how far the person came. */
  note(about) {
    const body = { ...this.head.body, ...about };
    if (this.closed || JSON.stringify(body) === JSON.stringify(this.head.body)) return;
    this.head = { ...this.head, body };
    this.noted = true;
    this.timer ??= setTimeout(() => this.flush().catch(() => {}), PACE);
  }

  /** Write what is pending now. Rejects where the storage refuses; what is typed stays in the form and pending. */
  async flush() {
    clearTimeout(this.timer);
    this.timer = null;
    while (this.writing) await this.writing.catch(() => {});
    if ((!this.pending.size && !this.noted) || this.closed) return;
    this.noted = false;
    this.writing = this.write([...this.pending]);
    try {
      await this.writing;
    } finally {
      this.writing = null;
    }
  }

  async write(paths) {
    for (const path of paths) this.pending.delete(path);
    try {
      const at = new Date().toISOString();
      this.head = { ...this.head, changed_at: at };
      await this.vault.write([{ store: "drafts", row: this.head }, ...paths.map((path) => this.change(path))]);
      await this.readBack(paths);
      this.dispatchEvent(new CustomEvent("saved", { detail: at }));
    } catch (problem) {
      for (const path of paths) this.pending.add(path);
      this.dispatchEvent(new CustomEvent("unsaved", { detail: problem }));
      throw problem;
    }
  }

  change(path) {
    const key = [this.id, path];
    if (!this.rows.has(path)) return { store: "fields", remove: key };
    return { store: "fields", row: { draft: this.id, path, body: this.rows.get(path) } };
  }

  async readBack(paths) {
    for (const path of paths) {
      const kept = await this.vault.get("fields", [this.id, path]);
      const meant = this.rows.get(path);
      if (!this.pending.has(path) && JSON.stringify(kept) !== JSON.stringify(meant)) throw new Error(`not kept: ${path}`);
    }
  }

  /** What must go when the draft has become a fact, to be written in the same transaction as the fact. */
  removal() {
    this.closed = true;
    return removalOf(this.id, this.rows.keys());
  }

  async discard() {
    await this.flush().catch(() => {});
    await this.vault.write(this.removal());
  }
}

export function removalOf(id, paths) {
  return [{ store: "drafts", remove: id }, ...[...paths].map((path) => ({ store: "fields", remove: [id, path] }))];
}

/** All drafts of a person, newest first. */
export async function draftsOf(vault, owner) {
  const heads = await vault.all("drafts");
  return heads.filter((head) => head.owner === owner).sort((a, b) => b.changed_at.localeCompare(a.changed_at));
}

/** The draft with this id. */
export async function draftById(vault, id) {
  const head = await vault.row("drafts", id);
  return head ? new Draft(vault, head, await rowsOfDraft(vault, id)) : null;
}

/**
 * The draft of this household, form and subject that this person has begun; where there is none, a new one that begins
 * with `rows`. A draft opens in the version of the form in which it was begun.
 */
export async function openDraft(vault, { owner, household, form, kind, subject = household, follows = null, campaign = null, rows = [], about = {} }) {
  const begun = (await draftsOf(vault, owner)).find(
    (head) => head.household === household && head.kind === kind && head.subject === subject && head.follows === follows && head.campaign === campaign && head.form.split("@")[0] === form.split("@")[0],
  );
  if (begun) return new Draft(vault, begun, await rowsOfDraft(vault, begun.id));
  const at = new Date().toISOString();
  const head = { id: uuid7(), owner, household, form, kind, subject, follows, campaign, begun_at: at, changed_at: at, body: about };
  const draft = new Draft(vault, head, rows);
  for (const [path] of rows) draft.pending.add(path);
  await vault.write([{ store: "drafts", row: head }]);
  await draft.flush();
  return draft;
}

async function rowsOfDraft(vault, id) {
  const rows = await vault.all("fields", "draft", id);
  return rows.map((row) => [row.path, row.body]);
}
