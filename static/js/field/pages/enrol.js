// With a network: sign in, choose a PIN, keep the token, download. Whoever was here before and forgot the PIN gets the data
// key back from the office by signing in.

import { address, fill, follow, heading, slot } from "../dom.js";
import { person } from "../people.js";
import { pinProblem } from "../pin.js";
import { keepSession, session, settle, signIn } from "../session.js";
import { NoAnswer } from "../transport.js";
import { say } from "../words.js";

export async function start(app, query) {
  const form = slot(document, "form");
  const known = app.vault ? await session(app.vault) : null;
  const back = known ? null : await person(query.get("person") ?? "");
  if (known) form.elements.device_name.value = known.device_name ?? "";
  fill(document, { unfit: !("serviceWorker" in navigator) || !globalThis.crypto?.subtle, pins: !known, "say-first": !known && !back, "say-again": Boolean(known), "say-forgotten": Boolean(back) });
  if (back) heading(document, "title", say("new_pin"));
  const page = { app, form, known, back, fresh: null };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await attempt(page);
  });
}

async function attempt(page) {
  const { form } = page;
  const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
  values.password = form.elements.password.value;
  const submit = slot(document, "submit");
  if (!values.login || !values.password || !values.device_name) return refuse(say("enrol_incomplete"));
  const asksPin = !slot(document, "pins").hidden;
  const problem = asksPin ? pinProblem(values.pin, values.pin_again) : null;
  if (problem) return refuse(say(problem));
  submit.disabled = true;
  fill(document, { error: false, progress: say("signing_in") });
  try {
    if (await signedIn(page, values, asksPin)) await download(page.app);
  } catch (why) {
    refuse(words(why));
  } finally {
    submit.disabled = false;
    fill(document, { progress: false });
  }
  return undefined;
}

// Who is unlocked and signs in again goes on; anybody else needs a PIN of their own.
async function signedIn({ app, known, back, ...page }, values, asksPin) {
  const fresh = await signIn(values, { device: known?.device_id ?? back?.device, token: known?.token });
  if (known?.user.id === fresh.user.id) {
    await keepSession(app.vault, fresh);
    return true;
  }
  if (!asksPin) {
    fill(document, { pins: true, "say-again": false });
    page.form.elements.pin.focus();
    refuse(say("enrol_other", { name: fresh.user.name }));
    return false;
  }
  const key = await settle(fresh, values.pin, values);
  await app.enter(fresh.user.id, key, { fresh });
  return true;
}

async function download(app) {
  fill(document, { progress: say("downloading") });
  app.sync.notBefore = 0;
  const hindered = await app.sync.now({ everything: true });
  if (hindered === null) follow(address("today"));
  else {
    refuse(say("downloaded_later"));
    setTimeout(() => follow(address("today")), 2500);
  }
}

function words(problem) {
  if (problem instanceof NoAnswer) return say("enrol_no_network");
  if (problem.code === "code_needed") {
    slot(document, "code-field").hidden = false;
    slot(document, "code-field").querySelector("input").focus();
    return say("enrol_code");
  }
  if (problem.code === "recovery_unknown") return say("recovery_unknown");
  if (problem.status === 429) return say("enrol_too_many", { minutes: Math.ceil((problem.retryAfter ?? 900) / 60) });
  if (problem.status === undefined) console.error(problem);
  return problem.status === 403 ? say("enrol_wrong") : say("enrol_failed");
}

function refuse(sentence) {
  fill(document, { error: sentence });
}
