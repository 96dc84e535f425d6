// The backup file on the outbox page: handing it out, and putting one back with the office password.

import { backupOf, readBackup, restore } from "../backup.js";
import { fill, slot } from "../dom.js";
import { givenBack, session } from "../session.js";
import { NoAnswer } from "../transport.js";
import { say } from "../words.js";

export function bindBackup(app) {
  slot(document, "save").addEventListener("click", () => save(app));
  const input = slot(document, "file");
  slot(document, "put-back").addEventListener("click", () => input.click());
  input.addEventListener("change", () => take(app, input));
}

async function save(app) {
  await app.flush();
  const { name, text, covers } = await backupOf(app.vault, await session(app.vault));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
  link.download = name;
  link.setAttribute("hx-boost", "false");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  await app.vault.remember("backup", covers);
  tell(covers.ids.length ? say("backup_saved", { n: covers.ids.length, name }) : say("backup_empty"));
}

async function take(app, input) {
  const [file] = input.files;
  input.value = "";
  if (!file) return;
  const read = readBackup(await file.text());
  const mine = await session(app.vault);
  const problem = !read ? "backup_unreadable" : read.person !== mine.user.id ? "backup_of_another" : null;
  fill(document, { "restore-form": !problem });
  if (problem) return tell(say(problem));
  tell(say("backup_sign_in"));
  const form = slot(document, "restore-form");
  form.onsubmit = (event) => {
    event.preventDefault();
    putBack(app, form, read);
  };
  form.elements.login.focus();
}

async function putBack(app, form, read) {
  try {
    const raw = await givenBack(read.escrow, { login: form.elements.login.value.trim(), password: form.elements.password.value, code: form.elements.code.value.trim() });
    const came = await restore(app.vault, read, raw);
    form.reset();
    fill(document, { "restore-form": false });
    tell(say("backup_restored", came));
    app.sync.wake();
  } catch (why) {
    if (why.code === "code_needed") fill(document, { "restore-code": true });
    tell(words(why));
  }
}

function words(why) {
  if (why instanceof NoAnswer) return say("enrol_no_network");
  if (why.code === "code_needed") return say("enrol_code");
  if (why.code === "recovery_unknown") return say("backup_of_another");
  if (why.status === 429) return say("enrol_too_many", { minutes: Math.ceil((why.retryAfter ?? 900) / 60) });
  if (why.status === undefined) console.error(why);
  return say(why.status === 403 ? "enrol_wrong" : "backup_damaged");
}

function tell(sentence) {
  slot(document, "backup-words").textContent = sentence;
}
