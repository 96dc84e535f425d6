// Where everything lives that the tablet must not lose. The interface is the one of the sealed vault: clear columns are
// ids, owner, status and times only, all else stands in `body`, and all bodies are sealed before a transaction begins.
// In this first version nothing is sealed yet: the store says so in its name and in its row `format`, so that a later
// version knows it, goes on sending from it, and deletes it when its outbox and its drafts are empty.

import { deleteDB, openDB } from "../../vendor/idb-8.0.4.js";

export const FORMAT = "clear-1";
export const NAME = `linli-${FORMAT}`;

/** Each store with its key and indexes. `blocks` holds downloaded records, one row for each building and kind. */
const STORES = {
  meta: { key: "id" },
  drafts: { key: "id", indexes: [["household", "household", false]] },
  fields: { key: ["draft", "path"], indexes: [["draft", "draft", false]] },
  outbox: { key: "id", indexes: [["status", "status", false]] },
  photos: { key: "sha256" },
  blocks: { key: "id", indexes: [["kind", "kind", false], ["ids", "ids", true]] },
};

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("linli-vault");

export class Vault extends EventTarget {
  constructor(database) {
    super();
    this.database = database;
    database.addEventListener("versionchange", () => database.close());
    channel?.addEventListener("message", (event) => this.tell(event.data));
  }

  /** One row as it lies: its clear columns and its body; undefined where there is none. */
  async row(store, key) {
    return this.opened(await this.database.get(store, key));
  }

  /** Only the body. */
  async get(store, key) {
    return (await this.row(store, key))?.body;
  }

  /** All rows, or those of one value of an index. */
  async all(store, index, value) {
    const rows = index ? await this.database.getAllFromIndex(store, index, value) : await this.database.getAll(store);
    return Promise.all(rows.map((row) => this.opened(row)));
  }

  /** The row of `blocks` in which a record lies. */
  async blockOf(recordId) {
    return this.opened(await this.database.getFromIndex("blocks", "ids", recordId));
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
    const sealed = await Promise.all(changes.map(async (each) => (each.row ? { ...each, row: await this.sealed(each.row) } : each)));
    const stores = [...new Set(sealed.map((each) => each.store))];
    const transaction = this.database.transaction(stores, "readwrite", { durability: "strict" });
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

  // The two places where a later version seals: ids and owner become the additional data, so that a row moved elsewhere
  // does not open.
  async sealed(row) {
    return row;
  }

  async opened(row) {
    return row;
  }
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

/** Open the store of this tablet, making it at the first time. */
export async function openVault() {
  const database = await openDB(NAME, 1, {
    upgrade(made) {
      for (const [name, { key, indexes = [] }] of Object.entries(STORES)) {
        const store = made.createObjectStore(name, { keyPath: key });
        for (const [index, path, several] of indexes) store.createIndex(index, path, { multiEntry: several });
      }
    },
  });
  const vault = new Vault(database);
  if (!(await vault.recall("format"))) await vault.remember("format", { format: FORMAT, sealed: false });
  return vault;
}

/** Remove everything from this tablet. Whoever calls this has made sure that nothing unsent is left. */
export async function destroyVault(vault) {
  vault.database.close();
  await deleteDB(NAME);
}

/** Whether a failed write means that the storage is full. */
export function isFull(problem) {
  return problem?.name === "QuotaExceededError" || problem?.inner?.name === "QuotaExceededError";
}
