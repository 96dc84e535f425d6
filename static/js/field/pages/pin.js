// A PIN is chosen: by whoever used this tablet before there was one, or in place of an earlier one.

import { address, fill, follow, slot } from "../dom.js";
import { openOld } from "../oldstore.js";
import { pinProblem } from "../pin.js";
import { PinRefused, admit, changePin, people } from "../people.js";
import { session } from "../session.js";
import { Sync } from "../sync.js";
import { say } from "../words.js";

export async function start(app) {
  if (app.vault) return change(app);
  const old = (await people()).length ? null : await openOld();
  const known = old && (await session(old));
  if (known) return first(app, old, known);
  location.replace(address("today"));
  return undefined;
}

async function change(app) {
  const { user } = await session(app.vault);
  fill(document, { before: true, "say-change": true, back: true });
  bind(async (form) => {
    await changePin(user.id, form.elements.pin_before.value, form.elements.pin.value);
    fill(document, { form: false, done: true });
    slot(document, "done").focus();
  });
}

// The clear store goes on sending while the person makes up their mind.
async function first(app, old, known) {
  app.sync = new Sync(old);
  await app.sync.start();
  fill(document, { "say-first": true });
  bind(async (form) => {
    app.sync.stop();
    await app.sync.running?.catch(() => {});
    const key = await admit({ id: known.user.id, device: known.device_id, name: known.user.name, pin: form.elements.pin.value, recovery: known.keys.recovery });
    await app.enter(known.user.id, key, { fresh: known });
    follow(address("today"));
  });
}

function bind(act) {
  const form = slot(document, "form");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = pinProblem(form.elements.pin.value, form.elements.pin_again.value);
    if (problem) return refuse(problem);
    const submit = slot(document, "submit");
    submit.disabled = true;
    fill(document, { error: false });
    try {
      await act(form);
    } catch (why) {
      if (!(why instanceof PinRefused)) throw why;
      refuse(why.code, why.wait);
    } finally {
      submit.disabled = false;
    }
    return undefined;
  });
}

function refuse(code, wait = 0) {
  const seconds = Math.ceil(wait / 1000);
  fill(document, { error: code === "pin_wait" ? say(seconds > 90 ? "pin_wait_minutes" : "pin_wait", { seconds, minutes: Math.ceil(seconds / 60) }) : say(code) });
}
