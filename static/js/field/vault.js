// Where everything lives that the tablet must not lose: one store for each person, named by the person's id. Clear columns
// are ids, owner, status and times only; all else of a row is sealed (seal.js), and everything is sealed before a
// transaction begins. The clear store of earlier versions has the same shape, with nothing sealed (oldstore.js).

import { deleteDB, openDB } from "../../vendor/idb-8.0.4.js";
import { Cipher } from "./seal.js";

export const FORMAT = "sealed-1";
export const nameOf = (person) => `linli-${FORMAT}-${person}`;

/** Each store with its key, its further clear columns, its indexes. `blocks` holds downloaded records, one row for each building and kind. */
const STORES = {
  meta: { key: "id", clear: [] },
  drafts: { key: "id", clear: ["owner", "begun_at", "changed_at"] },
  fields: { key: ["draft", "path"], clear: [], indexes: [["draft", "draft", false]] },
  outbox: { key: "id", clear: ["owner", "status", "recorded_at", "next_at"], indexes: [["status", "status", false]] },
  photos: { key: "sha256", clear: ["at"] },
  blocks: { key: "id", clear: ["kind", "place", "ids", "sum", "community"], indexes: [["kind", "kind", false], ["ids", "ids", true]] },
};
const OPENED_MOST = 60; // blocks kept open beside their sealed form

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("linli-vault");

export class Vault extends EventTarget {
  /** `cipher`: null for the clear store of earlier versions. */
  constructor(database, cipher) {
    super();
    this.database = database;
    this.cipher = cipher;
    this.blocks = new Map();
    this.line = Promise.resolve();
    database.addEventListener("versionchange", () => database.close());
    channel?.addEventListener("message", (event) => this.tell(event.data));
  }

  /** One row as it lies: its clear columns and its body; undefined where there is none. */
  async row(store, key) {
    return this.opened(store, await this.database.get(store, key));
  }

  /** Only the body. */
  async get(store, key) {
    return (await this.row(store, key))?.body;
  }

  /** All rows, or those of one value of an index. */
  async all(store, index, value) {
    const rows = await this.heads(store, index, value);
    return Promise.all(rows.map((row) => this.opened(store, row)));
  }

  /** The same, but only the clear columns; nothing is opened. */
  async heads(store, index, value) {
    return index ? this.database.getAllFromIndex(store, index, value) : this.database.getAll(store);
  }

  /** The row of `blocks` in which a record lies. */
  async blockOf(recordId) {
    return this.opened("blocks", await this.database.getFromIndex("blocks", "ids", recordId));
  }

  /** Only the key of that row. */
  async blockIdOf(recordId) {
    return this.database.getKeyFromIndex("blocks", "ids", recordId);
  }

  async count(store, index, value) {
    return index ? this.database.countFromIndex(store, index, value) : this.database.count(store);
  }

  /**
   * Write and remove rows in one transaction: `{store, row: {…clear columns, body}}`, `{store, remove: key}` or
   * `{store, clear: true}`. It is over when the data lies on durable storage; where anything fails, nothing was written.
   */
  async write(changes) {
    const sealing = Promise.all(changes.map(async (each) => (each.row ? { ...each, row: await this.sealed(each.store, each.row) } : each)));
    const stores = [...new Set(changes.map((each) => each.store))];
    const { sealed, transaction } = await this.inLine(sealing, stores);
    try {
      const waits = sealed.map((each) => change(transaction.objectStore(each.store), each));
      // Asked for at once, so that what is written while the page goes away is not given up with it.
      transaction.commit?.();
      // Both are awaited: a full disk rejects the single request and the transaction.
      await Promise.all([...waits, transaction.done]);
    } catch (problem) {
      transaction.done.catch(() => {});
      abort(transaction);
      throw problem;
    }
    for (const store of stores) {
      this.tell(store);
      channel?.postMessage(store);
    }
  }

  // Who asked first is written first, however long the sealing took: a transaction begins when its turn has come.
  async inLine(sealing, stores) {
    const before = this.line;
    let next;
    this.line = new Promise((resolve) => (next = resolve));
    try {
      const sealed = await sealing;
      await before;
      return { sealed, transaction: this.database.transaction(stores, "readwrite", { durability: "strict" }) };
    } finally {
      next();
    }
  }

  /** A value under `meta`. */
  async recall(id) {
    return this.get("meta", id);
  }

  async remember(id, body) {
    await this.write([{ store: "meta", row: { id, body } }]);
  }

  /** Call `act` whenever one of these stores changes, in this tab or another; returns how to stop. */
  watch(stores, act) {
    const listen = (event) => {
      if (stores.includes(event.detail)) act(event.detail);
    };
    this.addEventListener("change", listen);
    return () => this.removeEventListener("change", listen);
  }

  tell(store) {
    this.dispatchEvent(new CustomEvent("change", { detail: store }));
  }

  async sealed(store, row) {
    if (!this.cipher || marker(store, row)) return row;
    const { kept, rest } = parted(store, row);
    return { ...kept, sealed: await this.cipher.seal(store, keyOf(store, row), rest) };
  }

  async opened(store, row) {
    if (!row?.sealed) return row;
    const { sealed, ...kept } = row;
    if (store !== "blocks") return { ...kept, ...(await this.cipher.open(store, keyOf(store, row), sealed)) };
    return this.openedBlock(row.id, kept, sealed);
  }

  // Opening a building takes a while, and a page asks for many of its households; the vector tells whether it is the same.
  async openedBlock(id, kept, sealed) {
    const vector = sealed.subarray(0, 12).join();
    const known = this.blocks.get(id);
    if (known?.vector === vector) return known.row;
    const row = this.cipher.open("blocks", id, sealed).then((rest) => ({ ...kept, ...rest }));
    this.blocks.delete(id);
    this.blocks.set(id, { vector, row });
    if (this.blocks.size > OPENED_MOST) this.blocks.delete(this.blocks.keys().next().value);
    return row;
  }

  /** From now on nothing can be read here. */
  close() {
    this.database.close();
    this.cipher = null;
    this.blocks.clear();
  }
}

// The one row that is clear in every store: what kind of store it is.
function marker(store, row) {
  return store === "meta" && row.id === "format";
}

/** Under which key a row of a store lies. */
export function keyOf(store, row) {
  const { key } = STORES[store];
  return Array.isArray(key) ? key.map((part) => row[part]) : row[key];
}

function parted(store, row) {
  const { key, clear } = STORES[store];
  const open = new Set([key, clear].flat());
  const kept = {};
  const rest = {};
  for (const [name, value] of Object.entries(row)) (open.has(name) ? kept : rest)[name] = value;
  return { kept, rest };
}

function change(store, each) {
  if (each.row) return store.put(each.row);
  return each.clear ? store.clear() : store.delete(each.remove);
}

// A transaction that has ended by itself cannot be ended again.
function abort(transaction) {
  try {
    transaction.abort();
  } catch {
    return;
  }
}

/** Open a person's store with their data key, making it at the first time. */
export async function openVault(person, key) {
  const database = await openDB(nameOf(person), 1, { upgrade: made });
  const vault = new Vault(database, cipherOf(person, key));
  if (!(await vault.recall("format"))) await vault.remember("format", { format: FORMAT, sealed: true });
  return vault;
}

/** What opens the rows of a person's store, wherever they lie. */
export function cipherOf(person, key) {
  return new Cipher(key, `linli-${FORMAT}|${person}`);
}

function made(database) {
  for (const [name, { key, indexes = [] }] of Object.entries(STORES)) {
    const store = database.createObjectStore(name, { keyPath: key });
    for (const [index, path, several] of indexes) store.createIndex(index, path, { multiEntry: several });
  }
}

/** How many records of this person wait to be sent, without opening anything. */
export async function waitingOf(person, over) {
  const database = await openDB(nameOf(person), 1, { upgrade: made });
  const rows = await database.getAll("outbox");
  database.close();
  return rows.filter((row) => row.owner === person && !over.includes(row.status)).length;
}

/** Remove this person's store. Whoever calls this has made sure that nothing unsent is left. */
export async function destroyVault(person, vault) {
  vault.close();
  await deleteDB(nameOf(person));
}

/** Whether a failed write means that the storage is full. */
export function isFull(problem) {
  return problem?.name === "QuotaExceededError" || problem?.inner?.name === "QuotaExceededError";
}
