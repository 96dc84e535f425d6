// Once, with a network: sign in, keep the token, download.

import { fill, slot, address } from "../dom.js";
import { enrol, session } from "../session.js";
import { NoAnswer } from "../transport.js";
import { say } from "../words.js";

export async function start(app) {
  const root = document;
  const form = slot(root, "form");
  const known = await session(app.vault);
  if (known) form.elements.device_name.value = known.device_name ?? "";
  fill(root, { unfit: !("serviceWorker" in navigator) || !globalThis.crypto?.subtle });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await attempt(app, root, form);
  });
}

async function attempt(app, root, form) {
  const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
  values.password = form.elements.password.value;
  const submit = slot(root, "submit");
  if (!values.login || !values.password || !values.device_name) return refuse(root, say("enrol_incomplete"));
  submit.disabled = true;
  fill(root, { error: false, progress: say("signing_in") });
  try {
    await enrol(app.vault, values);
    fill(root, { progress: say("downloading") });
    app.sync.notBefore = 0;
    const hindered = await app.sync.now({ everything: true });
    if (hindered === null) location.assign(address("today"));
    else refuse(root, say("downloaded_later"));
    if (hindered !== null) setTimeout(() => location.assign(address("today")), 2500);
  } catch (problem) {
    refuse(root, words(problem, root));
  } finally {
    submit.disabled = false;
    fill(root, { progress: false });
  }
  return undefined;
}

function words(problem, root) {
  if (problem instanceof NoAnswer) return say("enrol_no_network");
  if (problem.code === "code_needed") {
    slot(root, "code-field").hidden = false;
    slot(root, "code-field").querySelector("input").focus();
    return say("enrol_code");
  }
  if (problem.status === 429) return say("enrol_too_many", { minutes: Math.ceil((problem.retryAfter ?? 900) / 60) });
  return problem.status === 403 ? say("enrol_wrong") : say("enrol_failed");
}

function refuse(root, sentence) {
  const error = slot(root, "error");
  error.textContent = sentence;
  error.hidden = false;
}
