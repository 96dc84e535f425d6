// The tablet in the resident's hands: larger, without the staff's frame; what is handed in is closed.

import { recordOf } from "../blocks.js";
import { address, fill, slot } from "../dom.js";
import { openDraft } from "../drafts.js";
import { responseBody, whyPath } from "../answers.js";
import { FormView, loadForm } from "../formview.js";
import { whereIs } from "../households.js";
import { finish } from "../recording.js";
import { session } from "../session.js";
import { linesOf } from "../surveys.js";
import { clock, currentForm, say } from "../words.js";

export async function start(app, query) {
  const { vault } = app;
  const [mine, household] = [await session(vault), await recordOf(vault, query.get("id"))];
  const line = household ? (await linesOf(vault, household.id)).find((each) => each.data.campaign === query.get("campaign")) : null;
  if (!line) {
    fill(document, { title: say("unknown_household"), act: false });
    return;
  }
  const draft = await openDraft(vault, { owner: mine.user.id, household: household.id, form: currentForm("survey_response"), kind: "survey_response", campaign: line.data.campaign, about: { form: line.data.form } });
  app.flush = () => draft.flush();
  const { formDocument, form, base } = await loadForm(vault, line.data.form);
  slot(document, "form").replaceChildren(form);
  const view = new FormView({ form, formDocument, base, draft, vault, owner: mine.user.id });
  await view.start();
  addReasons(view);
  fill(document, { title: line.data.title, where: say("please_yourself", { where: await whereIs(vault, household) }), sees: true, "so-far": true });
  document.title = `${line.data.title} · ${say("linli")}`;
  const ratings = [...form.querySelectorAll("[data-type=scale]")];
  const draw = () => progress(ratings);
  view.addEventListener("typed", draw);
  draft.addEventListener("saved", (event) => (slot(document, "saved").textContent = say("kept_waits", { time: clock(event.detail) })));
  draft.addEventListener("unsaved", () => (slot(document, "saved").textContent = say("not_saved")));
  draw();
  const close = () => handIn(app, mine, draft, view, line);
  slot(document, "next").addEventListener("click", close);
  slot(document, "exit").addEventListener("click", () => leave(app, draft, view, household, close));
}

// Under a grade that asks for it: why, or what should be better.
function addReasons(view) {
  for (const field of view.form.querySelectorAll("[data-type=scale]")) {
    const { path } = field.dataset;
    const box = document.createElement("div");
    box.className = "because";
    box.hidden = true;
    const id = `why-${path}`;
    const label = Object.assign(document.createElement("label"), { htmlFor: id, textContent: say("why_what") });
    const text = Object.assign(document.createElement("textarea"), { id, className: "input input--area", rows: 2, value: view.draft.value(whyPath(path)) ?? "" });
    text.addEventListener("input", (event) => {
      event.stopPropagation();
      view.draft.set(whyPath(path), text.value);
    });
    box.append(label, text);
    slot(field, "error").before(box);
  }
}

function progress(ratings) {
  const answered = ratings.filter((field) => field.querySelector("input:checked"));
  const next = ratings.find((field) => !answered.includes(field));
  for (const field of ratings) {
    const chosen = field.querySelector("input:checked");
    const box = field.querySelector(".because");
    box.hidden = !(chosen && "asksWhy" in chosen.dataset);
    field.classList.toggle("is-here", field === next);
  }
  fill(document, { answered: say("answered_of", { n: answered.length, all: ratings.length }) });
  const marks = ratings.map((field) => Object.assign(document.createElement("li"), { className: answered.includes(field) ? "is-answered" : field === next ? "is-here" : "is-open" }));
  slot(document, "ribbon").replaceChildren(...marks);
  const button = slot(document, "next");
  button.disabled = answered.length === 0;
  button.textContent = say("hand_in");
  const left = ratings.length - answered.length;
  if (!slot(document, "saved").textContent && left) slot(document, "saved").textContent = say("hand_in_missing", { n: left });
}

async function handIn(app, mine, draft, view, line) {
  slot(document, "next").disabled = true;
  const body = responseBody({ line, draft, questionnaire: view.formDocument, answers: view.answers, interviewer: mine.user.id });
  try {
    await finish(app.vault, mine, draft, view, body);
    app.flush = async () => {};
    fill(document, { sees: false, "so-far": false, form: false, act: false, exit: false, closed: true });
    slot(document, "closed").querySelector("h2").setAttribute("tabindex", "-1");
    slot(document, "closed").querySelector("h2").focus();
  } catch (problem) {
    console.error(problem);
    slot(document, "saved").textContent = say("not_saved");
    slot(document, "next").disabled = false;
    draft.closed = false;
  }
}

// Given back: what was answered is handed in and closed, so that our colleague does not see it; nothing answered, nothing kept.
async function leave(app, draft, view, household, close) {
  if (Object.keys(view.answers).length) {
    await close();
    return;
  }
  await draft.discard();
  app.flush = async () => {};
  location.assign(address("household", { id: household.id }));
}
